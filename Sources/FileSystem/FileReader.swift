import Glibc

/// A regular file, read piece by piece from its beginning. Operators' files are read and never mapped: a mapped file that is
/// truncated in place stops the process with SIGBUS.
package struct FileReader: ~Copyable {
    package let path: String
    /// As it was when the file was opened.
    package let identity: FileIdentity
    private let descriptor: Int32
    private let limit: Int
    private var count = 0

    /// - Parameter limit: octets; a larger file is refused before it is read.
    package init(_ path: String, limit: Int) throws(FileContents.Failure) {
        // A named pipe without a writer would hold the opener for ever; regular files do not know the flag.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileContents.Failure(path: path) }
        var status = stat()
        let failure: FileContents.Failure? =
            if fstat(descriptor, &status) != 0 {
                FileContents.Failure(path: path)
            } else if status.st_mode & S_IFMT != S_IFREG {
                FileContents.Failure(path: path, reason: "is not a regular file")
            } else if status.st_size > limit {
                FileContents.Failure(
                    path: path, reason: "is \(status.st_size) octets long, more than the \(limit) allowed here")
            } else {
                nil
            }
        if let failure {
            close(descriptor)
            throw failure
        }
        self.path = path
        self.limit = limit
        self.descriptor = descriptor
        identity = FileIdentity(status)
    }

    deinit { close(descriptor) }

    /// Fills `buffer` from `start` on, which must not be its end.
    ///
    /// - Returns: how many octets were read; zero at the end of the file only.
    package mutating func read(into buffer: inout [UInt8], from start: Int = 0) throws(FileContents.Failure) -> Int {
        precondition(start < buffer.count, "no room to read into")
        while true {
            let got = buffer.withUnsafeMutableBytes { room in
                Glibc.read(descriptor, room.baseAddress?.advanced(by: start), room.count - start)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw FileContents.Failure(path: path) }
            count += got
            guard count <= limit else {
                throw FileContents.Failure(path: path, reason: "grew beyond the \(limit) octets allowed here")
            }
            return got
        }
    }

    /// The file's identity when it was opened, if nobody has written to it since, nor shortly before: whoever meets a file with
    /// this identity again need not read it again.
    ///
    /// - Parameter start: when the reading began, by ``FileIdentity/now()``.
    package func settledIdentity(since start: Int64) -> FileIdentity? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, FileIdentity(status) == identity, identity.isSettled(at: start) else { return nil }
        return identity
    }
}
