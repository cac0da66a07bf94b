import Glibc

/// A file descriptor that is closed exactly once.
package struct OwnedDescriptor: ~Copyable, Sendable {
    package let raw: Int32

    package init(adopting raw: Int32) {
        precondition(raw >= 0, "not a descriptor: \(raw)")
        self.raw = raw
    }

    deinit { SystemCall.close(raw) }

    /// Gives the descriptor to the caller, who closes it.
    package consuming func release() -> Int32 {
        let descriptor = raw
        discard self
        return descriptor
    }

    /// Another descriptor for the same open file.
    package func duplicate() throws(SystemCallFailure) -> OwnedDescriptor {
        OwnedDescriptor(adopting: Int32(try SystemCall.checked("fcntl") { Int(fcntl(raw, F_DUPFD_CLOEXEC, 0)) }))
    }
}
