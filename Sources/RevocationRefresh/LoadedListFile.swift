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

    /// Whether reading the file again would give these lists again. That they are proven is a fact about their octets, and
    /// stays one.
    package var isCurrent: Bool {
        guard let identity, !lists.contains(where: \.table.isDamaged) else { return false }
        return FileIdentity(of: path) == identity
    }
}
