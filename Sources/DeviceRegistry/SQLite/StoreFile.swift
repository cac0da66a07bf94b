import Glibc

/// The file of a store: made before SQLite would make it, so that nobody else can ever read it.
enum StoreFile {
    static func prepare(_ path: String) throws(StoreFailure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 {
            defer { close(descriptor) }
            giveToOwner(of: path, descriptor)
            return
        }
        guard errno == EEXIST else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        var status = stat()
        guard stat(path, &status) == 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotOpen(path: path, reason: "is not a regular file") }
        guard status.st_mode & 0o077 == 0 else { throw .openToOthers(path: path) }
    }

    /// What root makes in the directory of the gateway's account, the gateway must be able to open. SQLite does the same for the
    /// files that it keeps beside it.
    private static func giveToOwner(of path: String, _ descriptor: Int32) {
        guard geteuid() == 0 else { return }
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        var status = stat()
        guard stat(directory, &status) == 0 else { return }
        _ = fchown(descriptor, status.st_uid, status.st_gid)
    }
}
