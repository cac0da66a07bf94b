/// Why a store cannot answer. What it was asked may have been sound.
package enum StoreFailure: Error, Hashable, Sendable {
    case cannotOpen(path: String, reason: String)
    case openToOthers(path: String)
    case damaged(path: String, finding: String)
    /// Another process holds the write lock for too long.
    case busy(path: String)
    case newerFormat(path: String)
    case full(path: String)
    case database(path: String, reason: String)
    /// A row that nothing of ours can have written.
    case unreadableRow(column: String)
}

extension StoreFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)"
        case .openToOthers(let path): "\(path): is open to other accounts; its mode must be 0600"
        case .damaged(let path, let finding): "\(path): is damaged (\(finding)); restore it from a backup or an export"
        case .busy(let path): "\(path): another process has been writing to it for too long; try again"
        case .newerFormat(let path): "\(path): was written by a newer version"
        case .full(let path): "\(path): the disk is full"
        case .database(let path, let reason): "\(path): \(reason)"
        case .unreadableRow(let column): "the store holds a \(column) that cannot be read; it is damaged"
        }
    }
}
