import CLinuxShims
import Glibc

/// What a read or a write came to.
package enum IOResult: Equatable, Sendable {
    case bytes(Int)
    /// The peer will send nothing more. Only from a read.
    case endOfFile
    case wouldBlock
    case failed(errno: Int32)
}

/// How far a non-blocking connect is.
package enum ConnectProgress: Equatable, Sendable {
    case connected
    /// Wait until the socket is writable, then ask `SystemCall.pendingError`.
    case inProgress
}

/// The kernel's calls on sockets: EINTR is repeated, errno becomes a value, and an error that can only mean that we
/// hold someone else's descriptor or memory ends the process.
package enum SystemCall {
    /// The result of `body`, or the negated errno.
    @inline(__always)
    static func retrying(_ body: () -> Int) -> Int {
        while true {
            let result = body()
            if result >= 0 { return result }
            let number = errno
            if number == EINTR { continue }
            precondition(number != EBADF && number != EFAULT && number != ENOTSOCK, "a descriptor is not ours: errno \(number)")
            return -Int(number)
        }
    }

    @discardableResult
    static func checked(_ call: String, _ body: () -> Int) throws(SystemCallFailure) -> Int {
        let result = retrying(body)
        guard result >= 0 else { throw SystemCallFailure(call: call, errno: Int32(-result)) }
        return result
    }

    // MARK: Sockets

    /// A stream socket of the address's family, non-blocking and closed on exec.
    package static func streamSocket(for address: SocketAddress) throws(SystemCallFailure) -> OwnedDescriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let raw = try checked("socket") { Int(socket(Int32(address.family), type, 0)) }
        return OwnedDescriptor(adopting: Int32(raw))
    }

    package static func bind(_ descriptor: Int32, to address: SocketAddress) throws(SystemCallFailure) {
        try checked("bind") { address.withPointer { Int(Glibc.bind(descriptor, $0, $1)) } }
    }

    package static func listen(_ descriptor: Int32, backlog: Int32) throws(SystemCallFailure) {
        try checked("listen") { Int(Glibc.listen(descriptor, backlog)) }
    }

    package static func connect(_ descriptor: Int32, to address: SocketAddress) throws(SystemCallFailure) -> ConnectProgress {
        let result = retrying { address.withPointer { Int(Glibc.connect(descriptor, $0, $1)) } }
        switch Int32(-result) {
        case 0, EISCONN: return .connected
        // EALREADY is what a repeat after EINTR says. EAGAIN (a full backlog of a unix socket) is a failure.
        case EINPROGRESS, EALREADY: return .inProgress
        case let number: throw SystemCallFailure(call: "connect", errno: number)
        }
    }

    /// The error that a connect in progress ended with, 0 for success. Reading it clears it.
    package static func pendingError(_ descriptor: Int32) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let result = retrying { Int(getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length)) }
        return result < 0 ? Int32(-result) : value
    }

    package static func localAddress(_ descriptor: Int32) throws(SystemCallFailure) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        try checked("getsockname") {
            withGenericPointer(to: &storage) { Int(getsockname(descriptor, $0, &length)) }
        }
        return SocketAddress(storage: storage, length: length)
    }

    /// A listening socket refuses from now on, and resets who waits in its queue, whoever else holds a descriptor of it.
    package static func stopListening(_ descriptor: Int32) {
        _ = retrying { Int(shutdown(descriptor, Int32(SHUT_RDWR))) }
    }

    /// Sends FIN after what was written. A peer that is gone already is not an error.
    package static func shutdownWrite(_ descriptor: Int32) {
        _ = retrying { Int(shutdown(descriptor, Int32(SHUT_WR))) }
    }

    /// Whether the number stands for an open file of this process.
    static func isOpen(_ descriptor: Int32) -> Bool { fcntl(descriptor, F_GETFD) >= 0 }

    package static func close(_ descriptor: Int32) {
        // On Linux the descriptor is gone whatever close says, so EINTR must not be repeated.
        let result = Glibc.close(descriptor)
        precondition(result == 0 || errno != EBADF, "descriptor \(descriptor) is closed twice")
    }

    // MARK: Bytes

    package static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
        precondition(!buffer.isEmpty, "a read into nothing looks like the end of the file")
        let result = retrying { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
        return result == 0 ? .endOfFile : outcome(result)
    }

    /// Writes to a socket; never raises SIGPIPE.
    package static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> IOResult {
        outcome(retrying { send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) })
    }

    private static func outcome(_ result: Int) -> IOResult {
        if result >= 0 { return .bytes(result) }
        let number = Int32(-result)
        return number == EAGAIN ? .wouldBlock : .failed(errno: number)
    }

    /// Octets that were written and that the peer's kernel has not acknowledged. 0 where nobody can tell.
    package static func undeliveredOctets(_ descriptor: Int32) -> Int { max(0, Int(CLinuxShims_undelivered_octets(descriptor))) }

    // MARK: Limits

    /// What the system allows, not the shell's habit, bounds how many connections fit.
    package static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Of what is large nothing stays with the process once it is freed. The C library would otherwise raise its bound with every
    /// large allocation that is freed, and keep what follows in its heap.
    package static func giveLargeAllocationsBack() {
        _ = CLinuxShims_give_large_allocations_back(Int32(largeAllocationOctets))
    }

    /// What was freed in small pieces goes back to the system, too, which the C library leaves to each thread's next allocations:
    /// work that meets another thread each time would leave its traces with all of them.
    package static func giveFreedMemoryBack() { _ = CLinuxShims_give_freed_memory_back() }

    /// The C library's own bound before it learns; larger than any buffer of a connection.
    private static let largeAllocationOctets = 128 << 10

    /// Has this thread run soon after it wakes, also beside threads that have been running: the scheduler would let those go on
    /// until the next tick, which is 4 ms on many a machine. A request: kernels before 6.12 do not know it.
    ///
    /// - Returns: whether the kernel has taken it, which those older ones do, too.
    @discardableResult
    package static func askForShortSlices() -> Bool { CLinuxShims_ask_for_slices(UInt(shortSliceNanoseconds)) == 0 }

    /// The least that Linux grants; a callback of a loop takes less.
    private static let shortSliceNanoseconds = 100_000

    /// How many descriptors this process may hold: now, and at most if it asks.
    package static func descriptorLimit() -> (soft: UInt64, hard: UInt64) {
        var limit = rlimit()
        precondition(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, "no descriptor limit: errno \(errno)")
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }
}

/// `sockaddr_storage` seen as the `sockaddr` that the calls want.
func withGenericPointer<Result>(
    to storage: inout sockaddr_storage, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
) -> Result {
    withUnsafeMutablePointer(to: &storage) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
}
