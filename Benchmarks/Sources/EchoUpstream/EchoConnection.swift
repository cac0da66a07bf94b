import CLoadShims
import Glibc
import LinuxPolling

/// One echoed connection: it reads only while nothing waits to be sent, so it holds at most one read.
final class EchoConnection {
    private let socket: OwnedDescriptor
    private var pending: [UInt8] = []
    private var sent = 0

    var raw: CInt { socket.raw }
    var interest: Interest { pending.isEmpty ? .read : .write }

    enum Step {
        case wants(Interest)
        case ended
    }

    /// Reads in one turn, so that one fast sender does not starve the others.
    private static let readsPerTurn = 8

    init(_ socket: consuming OwnedDescriptor) { self.socket = socket }

    func advance(_ scratch: UnsafeMutableRawBufferPointer) -> Step {
        guard flushPending() else { return .ended }
        guard pending.isEmpty else { return .wants(.write) }
        for _ in 0..<Self.readsPerTurn {
            let count = recv(raw, scratch.baseAddress, scratch.count, 0)
            if count == 0 { return .ended }
            if count < 0 { return errno == EAGAIN || errno == EINTR ? .wants(.read) : .ended }
            let written = send(raw, scratch.baseAddress, count, CInt(MSG_NOSIGNAL))
            if written < 0, errno != EAGAIN { return .ended }
            if written < count {
                pending = Array(scratch[max(written, 0)..<count])
                sent = 0
                return .wants(.write)
            }
            // A short read has emptied the socket: asking again would cost a call that says EAGAIN.
            if count < scratch.count { return .wants(.read) }
        }
        return .wants(.read)
    }

    /// False when the peer is gone.
    private func flushPending() -> Bool {
        while sent < pending.count {
            let written = pending.withUnsafeBytes { bytes in
                send(raw, bytes.baseAddress! + sent, bytes.count - sent, CInt(MSG_NOSIGNAL))
            }
            if written < 0 { return errno == EAGAIN || errno == EINTR }
            sent += written
        }
        pending = []
        sent = 0
        return true
    }
}
