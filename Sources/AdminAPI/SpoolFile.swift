import Glibc

import struct Foundation.Data

/// What came over the socket and is read from a file; it is gone with this object.
final class SpoolFile: Sendable {
    struct Failure: Error { let reason: String }

    let path: String
    private let descriptor: Int32

    init(in directory: String) throws(Failure) {
        path = "\(directory)/upload-\(getpid())-\(UInt64.random(in: .min ... .max))"
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Failure(reason: "\(path): \(String(cString: strerror(errno)))") }
    }

    deinit {
        unlink(path)
        close(descriptor)
    }

    func append(_ piece: Data) throws(Failure) {
        var rest = piece[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(reason: "\(path): \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(count)
        }
    }
}
