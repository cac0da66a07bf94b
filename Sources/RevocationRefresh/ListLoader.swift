import FileSystem
import VerificationCore

/// Turns files of revocation lists into lists of the index: read, with what their signature covers, not yet proven.
///
/// A file is read once, in pieces, and never held whole: the memory that loading takes is that of the table it ends in, and a
/// few MiB.
package enum ListLoader {
    /// Largest file of lists: about 25 million entries.
    package static let maximumFileOctets = 1 << 30
    /// What one call reads: small enough to stay in a core's cache until it is worked on.
    private static let pieceOctets = 256 << 10

    /// Every list of a file, PEM or DER.
    ///
    /// - Parameters:
    ///   - start: when the load begins, by ``FileIdentity/now()``.
    ///   - progress: told how far a load is that takes long.
    package static func load(
        _ path: String, anchorEntry: String, storage: ListStorage, start: Int64 = FileIdentity.now(),
        progress: LoadProgress? = nil
    ) throws(ListLoadFailure) -> LoadedListFile {
        var progress = progress
        do {
            return try read(path, anchorEntry, storage, start, &progress)
        } catch {
            guard case .notStored = error else { throw error }
            // A full disk costs memory, not the list.
            return try read(path, anchorEntry, .memory, start, &progress)
        }
    }

    private static func read(
        _ path: String, _ anchorEntry: String, _ storage: ListStorage, _ start: Int64, _ progress: inout LoadProgress?
    ) throws(ListLoadFailure) -> LoadedListFile {
        var incoming = IncomingFile(source: path, anchorEntry: anchorEntry, storage: storage)
        let file = try open(path)
        var piece = [UInt8](repeating: 0, count: file.pieceOctets)
        var count = 0
        while true {
            let got = try next(&piece, of: file)
            guard got > 0 else { break }
            try incoming.read(piece.span.extracting(..<got))
            count += got
            progress?.note(octets: count, of: max(count, file.octetCount), entries: incoming.entryCount, file: path)
        }
        let lists = try incoming.finish()
        return LoadedListFile(
            path: path, anchorEntry: anchorEntry, identity: file.settledIdentity(since: start), lists: lists, origin: .file)
    }

    private static func open(_ path: String) throws(ListLoadFailure) -> ReadAhead {
        do {
            return ReadAhead(try FileReader(path, limit: maximumFileOctets), pieceOctets: pieceOctets)
        } catch {
            throw .unreadable(error.reason)
        }
    }

    private static func next(_ piece: inout [UInt8], of file: ReadAhead) throws(ListLoadFailure) -> Int {
        do { return try file.next(&piece) } catch { throw .unreadable(error.reason) }
    }

    /// Every list of a file that is at hand whole.
    ///
    /// - Parameter source: names the file to people.
    package static func lists(in file: [UInt8], source: String, anchorEntry: String) throws(ListLoadFailure) -> [IndexedList] {
        var incoming = IncomingFile(source: source, anchorEntry: anchorEntry, storage: .memory)
        try incoming.read(file.span)
        return try incoming.finish()
    }

    package static func list(_ der: [UInt8], source: String, anchorEntry: String) throws(ListLoadFailure) -> IndexedList {
        var incoming = IncomingList(storage: .memory)
        try incoming.read(der.span)
        return try incoming.finish(source: source, anchorEntry: anchorEntry)
    }
}
