/// Lists that are taken as proven for the length of one question: may a signer be believed if its own lists are?
struct AssumedProofs {
    private let proofs: [(list: IndexedList, key: ListKey)]

    static let none = Self([])

    init(_ proofs: [(list: IndexedList, key: ListKey)]) { self.proofs = proofs }

    func key(of list: IndexedList) -> ListKey? { proofs.first { $0.list === list }?.key }
}
