import VerificationCore
import X509

/// The lists of one file on their way into the index, PEM or DER, as its octets come.
struct IncomingFile: ~Copyable {
    /// A list in DER with a length in its short form is no longer; a file that is none and begins like this is text.
    private static let shortListOctets = 2 + 0x7f

    private enum Form { case undecided, der, pem }

    private let source: String
    private let anchorEntry: String
    private let storage: ListStorage
    private var form = Form.undecided
    /// The first octets of the file, until its form is certain, and one more than a short list can have.
    private var opening: [UInt8] = []
    private var text = PEMStream()
    private var hasBlocks = false
    /// DER that was decoded and not read yet.
    private var contents: [UInt8] = []
    private var current: IncomingList?
    private var lists: [IndexedList] = []
    /// Of the first list in a text that cannot be used: told when the text is sound to its end, as that is judged first.
    private var failure: ListLoadFailure?
    /// Of all lists, as far as they are read.
    private(set) var entryCount = 0

    init(source: String, anchorEntry: String, storage: ListStorage) {
        self.source = source
        self.anchorEntry = anchorEntry
        self.storage = storage
    }

    mutating func read(_ octets: Span<UInt8>) throws(ListLoadFailure) {
        switch form {
        case .der: try readList(octets)
        case .pem: try readText(octets)
        case .undecided:
            let missing = max(0, min(2 - opening.count, octets.count))
            for position in 0..<missing { opening.append(octets[position]) }
            guard opening.count == 2 else { return }
            let begun = opening
            if PEM.beginsDER(begun[0], begun[1]) {
                form = .der
                current = IncomingList(storage: storage)
                try readList(begun.span)
            } else {
                form = .pem
                opening = []
                try readText(begun.span)
            }
            try read(octets.extracting(missing...))
        }
    }

    consuming func finish() throws(ListLoadFailure) -> [IndexedList] {
        if form == .pem {
            let event: PEMStream.Event?
            do { event = try text.finish(into: &contents) } catch { throw .notPEM(error.description) }
            if let event { take(event) }
        }
        if !hasBlocks, form != .der, !opening.isEmpty {
            // Without a block the file is no text; whether it is a list, the reader of lists says.
            current = IncomingList(storage: storage)
            let octets = opening
            try readList(octets.span)
        }
        try finishList()
        if let failure { throw failure }
        guard !lists.isEmpty else { throw .noList }
        return lists
    }

    private mutating func readList(_ octets: Span<UInt8>) throws(ListLoadFailure) {
        guard var list = current.take() else { return }
        let countBefore = list.entryCount
        try list.read(octets)
        entryCount += list.entryCount - countBefore
        current = consume list
    }

    private mutating func finishList() throws(ListLoadFailure) {
        guard let list = current.take() else { return }
        lists.append(try list.finish(source: source, anchorEntry: anchorEntry))
    }

    // MARK: - PEM

    private mutating func readText(_ octets: Span<UInt8>) throws(ListLoadFailure) {
        if !hasBlocks {
            for position in 0..<min(octets.count, Self.shortListOctets + 1 - opening.count) { opening.append(octets[position]) }
        }
        var used = 0
        while used < octets.count {
            let step: PEMStream.Step
            do { step = try text.read(octets.extracting(used...), into: &contents) } catch { throw .notPEM(error.description) }
            used += step.used
            readContents()
            if let event = step.event { take(event) }
        }
    }

    private mutating func readContents() {
        var octets: [UInt8] = []
        swap(&octets, &contents)
        do throws(ListLoadFailure) { try readList(octets.span) } catch { failure = error }
        octets.removeAll(keepingCapacity: true)
        swap(&octets, &contents)
    }

    private mutating func take(_ event: PEMStream.Event) {
        switch event {
        case .begin(let label, _):
            hasBlocks = true
            let isList = PEM.Content.revocationLists.labels.contains(label)
            if isList, failure == nil { current = IncomingList(storage: storage) }
        case .end:
            readContents()
            do throws(ListLoadFailure) { try finishList() } catch { failure = error }
        }
    }
}
