import Glibc

/// Files of the laboratory: written whole or not at all, so that a program reading one never sees half of it.
package enum LabFile {
    /// Who may read a file besides its owner.
    package enum Readers: Sendable {
        case ownerOnly
        case everyone

        fileprivate var mode: mode_t { self == .ownerOnly ? 0o600 : 0o644 }
    }

    package static func write(_ octets: [UInt8], to path: String, readers: Readers) throws(LabPKIFailure) {
        try write(to: path, readers: readers) { put throws(LabPKIFailure) in try put(octets) }
    }

    /// What `make` puts, piece by piece.
    static func write(
        to path: String, readers: Readers,
        _ make: (_ put: ([UInt8]) throws(LabPKIFailure) -> Void) throws(LabPKIFailure) -> Void
    ) throws(LabPKIFailure) {
        // The name is the process's own, so two programs writing the same file do not mix their octets.
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, readers.mode)
        guard descriptor >= 0 else { throw .unwritable(path: path, errno: errno) }
        // The mode that open(2) was given is masked, and does not hold for a file left by an earlier run.
        var failure = fchmod(descriptor, readers.mode) == 0 ? 0 : errno
        do throws(LabPKIFailure) {
            guard failure == 0 else { throw .unwritable(path: path, errno: failure) }
            try make { octets throws(LabPKIFailure) in
                failure = writeAll(octets, to: descriptor)
                guard failure == 0 else { throw .unwritable(path: path, errno: failure) }
            }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        if close(descriptor) != 0 { failure = errno }
        if failure == 0, rename(temporary, path) != 0 { failure = errno }
        guard failure == 0 else {
            unlink(temporary)
            throw .unwritable(path: path, errno: failure)
        }
    }

    package static func write(_ text: String, to path: String, readers: Readers) throws(LabPKIFailure) {
        try write(Array(text.utf8), to: path, readers: readers)
    }

    package static func read(_ path: String) throws(LabPKIFailure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, errno: errno) }
        defer { close(descriptor) }
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: path, errno: errno) }
            guard count > 0 else { return String(decoding: octets, as: UTF8.self) }
            octets += chunk.prefix(count)
        }
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes the directory unless it is there; its parent must be.
    package static func makeDirectory(_ path: String) throws(LabPKIFailure) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .unwritable(path: path, errno: errno) }
    }

    /// Zero, or the `errno` of the write that failed.
    private static func writeAll(_ octets: [UInt8], to descriptor: Int32) -> Int32 {
        octets.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { return errno }
                rest = rest.dropFirst(count)
            }
            return 0
        }
    }
}

extension LabKey {
    /// Writes the key for its owner's eyes only.
    package func write(to path: String) throws(LabPKIFailure) {
        try LabFile.write(try pem(), to: path, readers: .ownerOnly)
    }
}

extension LabCertificate {
    package enum Extent: Sendable { case withIntermediates, alone }

    package func write(to path: String, _ extent: Extent = .withIntermediates) throws(LabPKIFailure) {
        try LabFile.write(extent == .alone ? try pem() : try chainPEM(), to: path, readers: .everyone)
    }
}

extension LabRevocationList {
    package enum Encoding: Sendable { case pem, der }

    package func write(to path: String, _ encoding: Encoding = .pem) throws(LabPKIFailure) {
        try LabFile.write(encoding == .der ? der : Array(try pem().utf8), to: path, readers: .everyone)
    }
}
