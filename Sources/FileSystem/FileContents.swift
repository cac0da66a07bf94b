import Glibc

/// A file's octets, read whole. Operators' files are read and never mapped: a mapped file that is truncated in place stops
/// the process with SIGBUS.
package enum FileContents {
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let path: String
        package let reason: String

        package var description: String { reason }
    }

    /// - Parameter limit: octets; a larger file is refused before it is read.
    package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        // A named pipe without a writer would hold the opener for ever; regular files do not know the flag.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(path: path, reason: "is not a regular file") }
        guard status.st_size <= limit else {
            throw Failure(path: path, reason: "is \(status.st_size) octets long, more than the \(limit) allowed here")
        }
        return try readAll(descriptor, path, expected: Int(status.st_size), limit: limit)
    }

    private static func readAll(_ descriptor: Int32, _ path: String, expected: Int, limit: Int) throws(Failure) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: expected)
        var count = 0
        while true {
            // One octet beyond what was announced tells a file that has grown from one that has ended.
            if count == octets.count { octets.append(contentsOf: repeatElement(0, count: max(1, octets.count / 2))) }
            let got = octets.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure(path) }
            if got == 0 { break }
            count += got
            guard count <= limit else { throw Failure(path: path, reason: "grew beyond the \(limit) octets allowed here") }
        }
        octets.removeLast(octets.count - count)
        return octets
    }

    private static func failure(_ path: String) -> Failure { Failure(path: path, reason: String(cString: strerror(errno))) }
}
