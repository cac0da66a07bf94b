import CLoadShims
import Glibc

/// What a descriptor is waited for.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let read = Interest(rawValue: 1)
    package static let write = Interest(rawValue: 2)
}

/// An epoll instance; level-triggered, so that a descriptor whose bytes were left unread is reported again.
package final class Poller {
    private let descriptor: OwnedDescriptor
    private let events: UnsafeMutablePointer<epoll_event>

    /// Events taken per `epoll_wait`: enough that one call serves a full round of a usual run.
    private static let batch = 256

    package init() throws(SystemFailure) {
        let raw = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard raw >= 0 else { throw SystemFailure("epoll_create1", code: errno) }
        descriptor = OwnedDescriptor(adopting: raw)
        events = .allocate(capacity: Self.batch)
        events.initialize(repeating: epoll_event(), count: Self.batch)
    }

    deinit { events.deallocate() }

    package func add(_ raw: CInt, token: UInt64, interest: Interest) throws(SystemFailure) {
        try control(EPOLL_CTL_ADD, raw, token, interest)
    }

    package func change(_ raw: CInt, token: UInt64, interest: Interest) throws(SystemFailure) {
        try control(EPOLL_CTL_MOD, raw, token, interest)
    }

    private func control(_ operation: CInt, _ raw: CInt, _ token: UInt64, _ interest: Interest) throws(SystemFailure) {
        var mask: UInt32 = 0
        if interest.contains(.read) { mask |= EPOLLIN.rawValue | EPOLLRDHUP.rawValue }
        if interest.contains(.write) { mask |= EPOLLOUT.rawValue }
        guard CLoadShims_epoll_control(descriptor.raw, operation, raw, mask, token) == 0 else {
            throw SystemFailure("epoll_ctl", code: errno)
        }
    }

    /// Waits at most `milliseconds` and returns the tokens of the descriptors that something happened to.
    package func wait(milliseconds: CInt) throws(SystemFailure) -> [UInt64] {
        let count = epoll_wait(descriptor.raw, events, CInt(Self.batch), milliseconds)
        if count < 0 {
            guard errno == EINTR else { throw SystemFailure("epoll_wait", code: errno) }
            return []
        }
        return (0..<Int(count)).map { CLoadShims_epoll_token(events + $0) }
    }
}
