import PKITypes
import RevocationLists

/// Lists of one issuer that replace one another: of the same scope and claimed signing key, the complete ones and their deltas.
///
/// A delta can only be applied to a list of its own lineage (RFC 5280 §5.2.4: same issuer, same scope), so that is true by
/// construction here; that it is of the same key, as ``askEachKey(_:_:)`` sees to it.
struct ListLineage: Sendable {
    struct ID: Hashable {
        let scope: IssuingDistributionPoint?
        let authorityKeyIdentifier: [UInt8]?

        init(_ list: IndexedList) {
            scope = list.scope
            authorityKeyIdentifier = list.authorityKeyIdentifier
        }
    }

    /// All that is of a lineage, in the usual cases.
    enum Short {
        /// Complete, of everything that its issuer issued, and understood.
        case list(IndexedList)
        case chain(ListChain)
    }

    /// What a lineage says of one certificate within its scope.
    enum Answer {
        case revoked(RevokedEntry, IndexedList)
        /// Not revoked, as far as lists go that are current until then.
        case clear(IndexedList, until: UnixSeconds)
        case silent(RevocationStatus.Cause, IndexedList)
        /// A record has to be read before anything can be said.
        case unconfirmed(UnconfirmedRecord, IndexedList)
    }

    /// A certificate, the moment, and which lists are believed.
    struct Question {
        let certificateIssuer: DistinguishedName
        let serial: SerialNumber
        /// The latest thisUpdate of a list that has begun.
        let latestBeginning: UnixSeconds
        let now: UnixSeconds
        let assumed: AssumedProofs
        /// Not nil: lists that other keys proved are left out.
        var key: ListKey?

        func key(of list: IndexedList) -> ListKey? { list.provenKey ?? assumed.key(of: list) }
        func believes(_ list: IndexedList) -> Bool { key(of: list) != nil }
        func admits(_ list: IndexedList) -> Bool {
            guard list.thisUpdate <= latestBeginning, let proof = key(of: list) else { return false }
            return key == nil || key == proof
        }
    }

    /// A question on its way through the lists, with what stood in the way of an answer.
    struct Inquiry {
        let question: Question
        private(set) var unconfirmed: (record: UnconfirmedRecord, list: IndexedList)?
        private(set) var damaged: IndexedList?

        init(_ question: Question) { self.question = question }

        mutating func entry(in list: IndexedList) -> RevokedEntry? {
            switch list.answer(question.serial, issuedBy: question.certificateIssuer) {
            case .notListed: break
            case .listed(let entry): return entry
            case .unconfirmed(let record): unconfirmed = unconfirmed ?? (record, list)
            case .damaged: damaged = damaged ?? list
            }
            return nil
        }

        mutating func revocation(in list: IndexedList) -> RevokedEntry? {
            let entry = entry(in: list)
            return entry?.reason == .removeFromCRL ? nil : entry
        }
    }

    let issuer: DistinguishedName
    let scope: IssuingDistributionPoint?
    /// Not empty.
    let lists: [IndexedList]
    /// What answers as ``answer(_:)`` does, and sooner; nil when it takes more to tell.
    let short: Short?
    private let complete: [IndexedList]
    private let deltas: [IndexedList]

    /// - Parameter lists: not empty, of one issuer and ``ID``.
    init(_ lists: [IndexedList]) {
        self.lists = lists
        issuer = lists[0].issuer
        scope = lists[0].scope
        let isPlain = lists.count == 1 && scope == nil && lists[0].deltaBase == nil && lists[0].support == .supported
        short = isPlain ? .list(lists[0]) : ListChain(lists).map(Short.chain)
        complete = lists.filter { $0.deltaBase == nil }
        deltas = lists.filter { $0.deltaBase != nil }
    }

    /// Lineages of lists of one issuer, the one with the newest list first: of several that answer alike, it is told of.
    static func all(of lists: [IndexedList]) -> [ListLineage] {
        var order: [ID] = []
        var members: [ID: [IndexedList]] = [:]
        for list in lists.sorted(by: stands) {
            let id = ID(list)
            if members[id] == nil { order.append(id) }
            members[id, default: []].append(list)
        }
        return order.compactMap { members[$0].map(ListLineage.init) }
    }

    private static func stands(_ left: IndexedList, before right: IndexedList) -> Bool {
        if left.thisUpdate != right.thisUpdate { return left.thisUpdate > right.thisUpdate }
        if let number = left.number, let other = right.number, number != other { return number > other }
        if (left.number == nil) != (right.number == nil) { return right.number == nil }
        return left.signature.value.lexicographicallyPrecedes(right.signature.value)
    }

    /// The question as it is for the lists of each key that proved some of these.
    ///
    /// What the authority key identifier claims is the signer's word; who signed is known only when the list is proven.
    func askEachKey(_ question: Question, _ body: (Question) -> Void) {
        let first = lists.lazy.compactMap(question.key).first
        guard let first, lists.contains(where: { question.key(of: $0).map { $0 != first } ?? false }) else {
            return body(question)
        }
        var asked: [ListKey] = []
        for key in lists.compactMap(question.key) where !asked.contains(key) {
            asked.append(key)
            var ofKey = question
            ofKey.key = key
            body(ofKey)
        }
    }

    func answer(_ question: Question) -> Answer {
        var inquiry = Inquiry(question)
        let answer = answer(&inquiry)
        // What a record says may revoke, and may lift what an older list revokes.
        if let (record, list) = inquiry.unconfirmed { return .unconfirmed(record, list) }
        if case .revoked = answer { return answer }
        return inquiry.damaged.map { .silent(.recordDamaged, $0) } ?? answer
    }

    private func answer(_ inquiry: inout Inquiry) -> Answer {
        let question = inquiry.question
        guard let newestComplete = Newest(of: complete, where: { question.admits($0) && $0.support == .supported }) else {
            return answerWithoutBase(&inquiry)
        }
        let base = newestComplete.list
        var found = newestComplete.entry(&inquiry, in: complete).map { ($0, base) }
        var newest = base
        var until = base.nextUpdate
        // §5.2.4: what a delta was applied to is a complete list of the delta's number, and the next delta may continue it.
        while let newestDelta = nextDelta(after: newest, question) {
            let delta = newestDelta.list
            if let entry = newestDelta.entry(&inquiry, in: deltas) {
                found = (entry, delta)
                // Lifted by this delta, and by nothing older: only lists from here on say that it is still so.
                if entry.reason == .removeFromCRL { until = delta.nextUpdate }
            }
            until = max(until, delta.nextUpdate)
            newest = delta
        }
        if let (entry, list) = found, entry.reason != .removeFromCRL { return .revoked(entry, list) }
        return unlessHidden(.clear(newest, until: until), newest, &inquiry)
    }

    /// A delta that cannot be applied still says what it revokes; what it does not name is unknown.
    private func answerWithoutBase(_ inquiry: inout Inquiry) -> Answer {
        let question = inquiry.question
        for delta in deltas where question.admits(delta) && delta.support == .supported {
            if let entry = inquiry.revocation(in: delta) { return .revoked(entry, delta) }
        }
        if let unsupported = lists.first(where: { question.admits($0) && $0.support != .supported }) {
            return .silent(.listUnsupported, unsupported)
        }
        if let delta = deltas.first(where: { question.admits($0) }) { return .silent(.deltaWithoutBase, delta) }
        if let early = lists.first(where: { question.believes($0) }) { return .silent(.listNotYetValid, early) }
        return .silent(.listNotProven, lists[0])
    }

    /// Newer lists that cannot be used take an answer back, or turn it into a revocation.
    private func unlessHidden(_ answer: Answer, _ newest: IndexedList, _ inquiry: inout Inquiry) -> Answer {
        let question = inquiry.question
        var answer = answer
        for delta in deltas where question.admits(delta) && delta.support == .supported && delta.isNewer(than: newest) {
            if let entry = inquiry.revocation(in: delta) { return .revoked(entry, delta) }
            // While the base is current its issuer stands by it, with or without deltas.
            if case .clear(_, let until) = answer, until < question.now { answer = .silent(.deltaWithoutBase, delta) }
        }
        for list in lists where list.support != .supported && question.admits(list) && !newest.isNewer(than: list) {
            return .silent(.listUnsupported, list)
        }
        return answer
    }

    /// The newest delta that continues `list` (§5.2.4: BaseCRLNumber ≤ its number < the delta's).
    private func nextDelta(after list: IndexedList, _ question: Question) -> Newest? {
        guard let number = list.number else { return nil }
        return Newest(of: deltas) { delta in
            guard question.admits(delta), delta.support == .supported, let base = delta.deltaBase, let own = delta.number else {
                return false
            }
            return base <= number && number < own
        }
    }
}
