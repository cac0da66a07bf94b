import Glibc

/// The file of a listening unix socket; removed when the last socket that listens on it is gone.
final class UnixSocketFile: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    private init(path: String) throws(SystemCallFailure) {
        let status = try Self.status(of: path)
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    deinit {
        // Somebody may have put another file there since.
        guard let status = try? Self.status(of: path), status.st_dev == device, status.st_ino == inode else { return }
        unlink(path)
    }

    /// Binds, replacing the socket file of a process that is dead; EADDRINUSE when it lives or the file is no socket.
    static func bind(
        _ descriptor: Int32, path: String, address: SocketAddress, mode: mode_t
    ) throws(SystemCallFailure) -> UnixSocketFile {
        // The file takes its mode from the socket, so that it is never wider than asked for, even for a moment …
        try SystemCall.checked("fchmod") { Int(fchmod(descriptor, mode)) }
        do {
            try SystemCall.bind(descriptor, to: address)
        } catch {
            guard error.errno == EADDRINUSE, try isAbandoned(path, address) else { throw error }
            try SystemCall.checked("unlink") { Int(unlink(path)) }
            try SystemCall.bind(descriptor, to: address)
        }
        let file = try UnixSocketFile(path: path)
        // … and the umask may have made it narrower.
        try SystemCall.checked("chmod") { Int(chmod(path, mode)) }
        return file
    }

    private static func isAbandoned(_ path: String, _ address: SocketAddress) throws(SystemCallFailure) -> Bool {
        guard try status(of: path).st_mode & S_IFMT == S_IFSOCK else { return false }
        let probe = try SystemCall.streamSocket(for: address)
        do {
            _ = try SystemCall.connect(probe.raw, to: address)
            return false
        } catch {
            return error.errno == ECONNREFUSED
        }
    }

    private static func status(of path: String) throws(SystemCallFailure) -> stat {
        var status = stat()
        try SystemCall.checked("lstat") { Int(lstat(path, &status)) }
        return status
    }
}
