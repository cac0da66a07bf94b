import Glibc

/// The path of the admin socket. The socket is bound in a directory that nobody else can enter, and comes to its place when its
/// mode is what it shall be: there is no moment in which another account could open it.
final class AdminSocketFile: Sendable {
    struct Failure: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
        init(errno code: Int32) { reason = String(cString: strerror(code)) }
    }

    /// Where the server binds.
    let temporaryPath: String
    private let path: String
    private let privateDirectory: String

    private static let pathOctetsMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Refuses a path where somebody listens, or something else lies; the socket of a dead process is replaced.
    init(_ path: String) throws(Failure) {
        try Self.examine(path)
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        var template = Array("\(directory)/.XXXXXX\0".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(errno: errno) }
        privateDirectory = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        temporaryPath = privateDirectory + "/s"
        self.path = path
        guard temporaryPath.utf8.count <= Self.pathOctetsMax else {
            rmdir(privateDirectory)
            throw Failure("the path is longer than a socket's may be")
        }
    }

    deinit {
        unlink(temporaryPath)
        rmdir(privateDirectory)
    }

    /// Once somebody listens there.
    func publish() throws(Failure) {
        guard chmod(temporaryPath, 0o600) == 0, rename(temporaryPath, path) == 0 else { throw Failure(errno: errno) }
        rmdir(privateDirectory)
    }

    /// The gateway ends: whoever asks shall see at once that nobody is there.
    func remove() { unlink(path) }

    private static func examine(_ path: String) throws(Failure) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw Failure(errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw Failure("is there already, and no socket") }
        guard !isListening(path) else { throw Failure("another process listens there") }
    }

    private static func isListening(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count <= pathOctetsMax else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { room in room.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
