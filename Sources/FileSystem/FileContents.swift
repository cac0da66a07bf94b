import Glibc

/// A file's octets, read whole. Operators' files are read and never mapped: a mapped file that is truncated in place stops
/// the process with SIGBUS.
package enum FileContents {
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let path: String
        package let reason: String

        init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }

        package var description: String { reason }
    }

    /// - Parameter limit: octets; a larger file is refused before it is read.
    package static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        var file = try FileReader(path, limit: limit)
        var octets = [UInt8](repeating: 0, count: Int(file.identity.octets))
        var count = 0
        while true {
            // One octet beyond what was announced tells a file that has grown from one that has ended.
            if count == octets.count { octets.append(contentsOf: repeatElement(0, count: max(1, octets.count / 2))) }
            let got = try file.read(into: &octets, from: count)
            if got == 0 { break }
            count += got
        }
        octets.removeLast(octets.count - count)
        return octets
    }
}

extension FileContents.Failure {
    /// What the last system call failed with.
    init(path: String) { self.init(path: path, errno: errno) }

    init(path: String, errno: Int32) { self.init(path: path, reason: String(cString: strerror(errno))) }
}
