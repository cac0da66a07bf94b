import FileSystem
import Glibc
import PKITypes
import SignatureChecking
import VerificationCore

/// The tables of lists in the state directory: a restart serves from them without reading the lists again.
///
/// What lies there is believed as our own memory is: the directory is ours alone. A table is used when its list's file is still
/// the one that it was made of, and made anew from the list when it is damaged, of an older format, or of another file.
package struct TableDirectory: Sendable {
    /// Names of files that are being written.
    private static let unfinished = "new-"
    private static let finished = ".table"
    private static let marksName = "marks"
    /// Thousands of issuers.
    private static let maximumMarksOctets = 16 << 20

    private let directory: PrivateDirectory

    /// - Parameter stateDirectory: of the gateway, which has it locked.
    package init(in stateDirectory: String) throws(FileContents.Failure) {
        directory = try PrivateDirectory(stateDirectory + "/revocation")
        // Of a process that was killed.
        for name in directory.names() where name.hasPrefix(Self.unfinished) { directory.remove(name) }
    }

    // MARK: - Building

    /// Where lists that are being read may put what does not stay in memory.
    package var storage: ListStorage {
        ListStorage {
            // Where a loop could not tell what is at hand the records stay in memory.
            guard let file = try? newFile(), file.tellsWhatIsAtHand else { return nil }
            return TableFile(file).newStore()
        }
    }

    private func newFile() throws(FileContents.Failure) -> PrivateFile {
        try PrivateFile.create(directory.file(Self.unfinished + "\(UInt64.random(in: .min ... .max))"))
    }

    // MARK: - Keeping

    /// Keeps the tables of a file's lists for the next start.
    package func save(_ loaded: LoadedListFile) throws(FileContents.Failure) {
        for (position, list) in loaded.lists.enumerated() {
            let facts = StoredListFacts(
                list, identity: loaded.identity, position: position, listsOfFile: loaded.lists.count)
            let file: TableFile
            if case .stored(let records) = list.table.records, let own = records.keeper as? TableFile {
                file = own
            } else {
                file = TableFile(try newFile())
            }
            let name = Self.name(loaded.path, loaded.anchorEntry, position)
            try file.save(list.table, facts.encoded, name: name, in: directory.path)
        }
    }

    /// Whether the file of a kept list has to be the one that is there now.
    package enum Age { case current, any }

    /// The lists of a file as they were kept, none of them proven; nil when one of them is not usable.
    package func kept(_ path: String, anchorEntry: String, _ age: Age) -> LoadedListFile? {
        var lists: [IndexedList] = []
        var identity = age == .current ? FileIdentity(of: path) : nil
        if age == .current, identity == nil { return nil }
        repeat {
            let name = Self.name(path, anchorEntry, lists.count)
            guard let file = try? PrivateFile.open(existing: directory.file(name)) else { return nil }
            let loaded = try? TableFile(file).load { stored in
                stored.source == path && stored.anchorEntry == anchorEntry && stored.position == lists.count
                    && (stored.identity == identity || age == .any && lists.isEmpty)
            }
            guard let (table, stored) = loaded else { return nil }
            identity = stored.identity
            lists.append(
                IndexedList(
                    source: path, anchorEntry: anchorEntry, facts: stored.facts, nextUpdate: stored.nextUpdate,
                    signature: stored.signature, table: table
                )
            )
            if lists.count == stored.listsOfFile { break }
        } while true
        return LoadedListFile(
            path: path, anchorEntry: anchorEntry, identity: identity, lists: lists, origin: .keptTables)
    }

    /// Where what was accepted is noted: without this file any list is as new as another.
    package var marksPath: String { directory.file(Self.marksName) }

    /// What was accepted so far; nil when somebody took it away, or when it is not readable.
    package func marks() -> HighWaterMarks? {
        (try? FileContents.read(marksPath, limit: Self.maximumMarksOctets)).flatMap { HighWaterMarks($0) }
    }

    package func save(_ marks: HighWaterMarks) throws(FileContents.Failure) {
        let file = try newFile()
        try file.write(marks.encoded.span.bytes, at: 0)
        try file.take(name: Self.marksName, in: directory.path)
    }

    /// Removes the tables of lists that are no longer configured.
    package func keepOnly(_ files: [LoadedListFile]) {
        let kept = Set(files.flatMap { file in file.lists.indices.map { Self.name(file.path, file.anchorEntry, $0) } })
        for name in directory.names() where name.hasSuffix(Self.finished) && !kept.contains(name) { directory.remove(name) }
    }

    private static func name(_ path: String, _ anchorEntry: String, _ position: Int) -> String {
        "\(sha256Fingerprint(Array("\(anchorEntry)\0\(path)".utf8)))-\(position)" + finished
    }
}
