import Glibc

/// A directory that one process at a time may use: held by a lock on a file in it, which ends with the process.
package struct DirectoryLock: ~Copyable, Sendable {
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case inUse(String)
        case unusable(String, reason: String)

        package var description: String {
            switch self {
            case .inUse(let path): "\(path) is in use by another running gateway"
            case .unusable(let path, let reason): "\(path): \(reason)"
            }
        }
    }

    private let descriptor: Int32

    /// Makes the directory (mode 0700) when it is absent; its parent must exist.
    package init(_ directory: String) throws(Failure) {
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw .unusable(directory, reason: String(cString: strerror(errno)))
        }
        let path = directory + "/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path, reason: String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw isHeld ? .inUse(directory) : .unusable(path, reason: reason)
        }
        self.descriptor = descriptor
    }

    /// Whether another process holds it just now. Looking takes the lock for an instant, when nobody has it.
    package static func isHeld(_ directory: String) -> Bool {
        let descriptor = open(directory + "/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    deinit { close(descriptor) }
}
