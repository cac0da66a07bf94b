import EventLoop
import Glibc
import PKITypes
import SessionRelay
import TLSStream

/// One side of a session: a socket, plain or under TLS, seen as octets that come and go.
final class ByteChannel {
    enum FillState: Equatable {
        /// The buffer is full; there may be more.
        case more
        case drained
        case ended(Flow.End)
        case reset
        case failed(errno: Int32)
    }

    enum DrainState: Equatable {
        case taken
        case blocked
        case reset
        case failed(errno: Int32)
    }

    /// A record this small ends what was sent at once: asking the socket again would only say "nothing there".
    private static let bulkRecordOctets = 8192

    private var owned: OwnedDescriptor?
    private let tls: TLSStream?
    /// TLS may need the other direction in order to go on (a key update in mid-read).
    private(set) var readWantsWrite = false
    private(set) var closeNotifyIsPending = false

    init(_ owned: consuming OwnedDescriptor, tls: TLSStream?) {
        descriptor = owned.raw
        self.owned = consume owned
        self.tls = tls
    }

    let descriptor: Int32

    func close() { owned = nil }

    /// The socket goes on without this channel.
    func surrender() -> OwnedDescriptor? { owned.take() }

    /// Octets that the poller will not report, because they are inside TLS.
    var hasBufferedOctets: Bool { tls?.hasBufferedBytes ?? false }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> (octets: Int, state: FillState) {
        guard let tls else { return fillPlain(buffer) }
        readWantsWrite = false
        var filled = 0
        while filled < buffer.count {
            switch tls.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])) {
            case .bytes(let count):
                filled += count
                if count < Self.bulkRecordOctets, !tls.hasBufferedBytes { return (filled, .drained) }
            case .wantsRead: return (filled, .drained)
            case .wantsWrite:
                readWantsWrite = true
                return (filled, .drained)
            case .closeNotify: return (filled, .ended(.clean))
            case .truncated: return (filled, .ended(.truncated))
            case .failed(let failure): return (filled, Self.fillState(of: failure))
            }
        }
        return (filled, .more)
    }

    func drain(_ bytes: UnsafeRawBufferPointer) -> (octets: Int, state: DrainState) {
        var sent = 0
        while sent < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            switch write(rest) {
            case .bytes(let count): sent += count
            case .wouldBlock, .endOfFile: return (sent, .blocked)
            case .failed(let code): return (sent, Self.isReset(code) ? .reset : .failed(errno: code))
            }
        }
        return (sent, .taken)
    }

    /// Says that no more will come: close_notify, then FIN. False when close_notify has to wait for the socket.
    func closeSending() -> Bool {
        if let tls {
            closeNotifyIsPending = tls.sendCloseNotify() == .wantsWrite
            if closeNotifyIsPending { return false }
        }
        SystemCall.shutdownWrite(descriptor)
        return true
    }

    /// The peer is to know at once that this is not the end that it may have expected.
    func resetOnClose() { try? SocketOption.resetOnClose.apply(to: descriptor) }

    private func fillPlain(_ buffer: UnsafeMutableRawBufferPointer) -> (octets: Int, state: FillState) {
        switch SystemCall.read(descriptor, into: buffer) {
        // A short read has emptied the socket.
        case .bytes(let count): (count, count < buffer.count ? .drained : .more)
        case .endOfFile: (0, .ended(.clean))
        case .wouldBlock: (0, .drained)
        case .failed(let code): (0, Self.isReset(code) ? .reset : .failed(errno: code))
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        guard let tls else { return SystemCall.write(descriptor, bytes) }
        return switch tls.write(bytes) {
        case .bytes(let count): .bytes(count)
        case .wantsRead, .wantsWrite: .wouldBlock
        case .failed(.transport(let code)): .failed(errno: code)
        case .failed(.truncated): .failed(errno: EPIPE)
        case .failed(.protocolError): .failed(errno: EPROTO)
        }
    }

    private static func fillState(of failure: TLSFailure) -> FillState {
        switch failure {
        case .truncated: .ended(.truncated)
        case .transport(let code): isReset(code) ? .reset : .failed(errno: code)
        // A record that does not authenticate, an alert instead of an end: nothing after it can be believed.
        case .protocolError: .failed(errno: EPROTO)
        }
    }

    private static func isReset(_ code: Int32) -> Bool { code == ECONNRESET || code == EPIPE }
}
