import FileSystem
import VerificationCore

/// A file of lists as it was read, and what came out of it.
package struct LoadedListFile: Sendable {
    package let path: String
    package let anchorEntry: String
    /// Nil when nobody can say that the file is still as it was read.
    package let identity: FileIdentity?
    package let lists: [IndexedList]
    package let origin: Origin

    /// Whether the file was read, or what was kept of an earlier reading.
    package enum Origin: Sendable { case file, keptTables }

    /// Whether reading the file again would give these tables again.
    package var isCurrent: Bool {
        guard let identity, !lists.contains(where: \.table.isDamaged) else { return false }
        return FileIdentity(of: path) == identity
    }

    /// The same tables, in lists that nobody has proven. Whoever did may not be trusted any more: taken over or read again,
    /// a list is believed for the certificates of its day.
    package var parked: Self {
        let lists = lists.map {
            IndexedList(
                source: $0.source, anchorEntry: $0.anchorEntry, facts: $0.facts, nextUpdate: $0.nextUpdate,
                signature: $0.signature, table: $0.table
            )
        }
        return Self(path: path, anchorEntry: anchorEntry, identity: identity, lists: lists, origin: origin)
    }
}
