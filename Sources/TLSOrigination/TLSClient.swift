import CLinuxShims
import EventLoop
import Glibc
import PKITypes
import TLSStream

/// A TLS client that waits for what it asks, with a deadline for each step: the simulated devices of the demonstration and
/// of the tests. Not for the data plane, which never waits.
package final class TLSClient {
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case unreachable(String)
        case timedOut
        /// The peer ended the connection with this alert.
        case alert(UInt8)
        case closed(TLSFailure)

        package var description: String {
            switch self {
            case .unreachable(let cause): "unreachable: \(cause)"
            case .timedOut: "timed out"
            case .alert(let code): "alert \(code)"
            case .closed(let failure): failure.description
            }
        }
    }

    /// What the next octets are, or why there are none.
    package enum Received: Equatable, Sendable {
        case octets([UInt8])
        case closeNotify
        /// The transport ended without close_notify.
        case endOfFile
    }

    package let stream: TLSStream
    /// The stream works in the context's library, which must outlive it.
    private let context: TLSClientContext
    private let socket: OwnedDescriptor
    private let timeoutMilliseconds: Int32

    /// Connects and shakes hands. In TLS 1.3 a server's refusal of the certificate arrives after that: read to learn of it.
    ///
    /// - Parameters:
    ///   - source: where it comes from, on a port of the system's choice; nil leaves that to the system, too.
    ///   - session: of an earlier connection, offered to the server.
    package init(
        _ context: TLSClientContext, to address: SocketAddress, from source: SocketAddress? = nil,
        resuming session: TLSSession? = nil, timeoutSeconds: Double = 10
    ) throws(Failure) {
        self.context = context
        timeoutMilliseconds = Int32(timeoutSeconds * 1000)
        let raw: Int32
        do throws(SystemCallFailure) {
            let socket = try SystemCall.streamSocket(for: address)
            raw = socket.raw
            if let source { try SystemCall.bind(raw, to: source) }
            let progress = try SystemCall.connect(raw, to: address)
            self.socket = consume socket
            if address.unixPath == nil { try SocketOption.noDelay.apply(to: raw) }
            if progress == .inProgress {
                guard Self.wait(raw, POLLOUT, timeoutMilliseconds) else {
                    throw SystemCallFailure(call: "connect", errno: ETIMEDOUT)
                }
                let code = SystemCall.pendingError(raw)
                guard code == 0 else { throw SystemCallFailure(call: "connect", errno: code) }
            }
        } catch {
            throw .unreachable(error.description)
        }
        guard let stream = context.connect(descriptor: raw, resuming: session) else { throw .unreachable("no memory for TLS") }
        self.stream = stream
        try shakeHands()
    }

    package func send(_ octets: [UInt8]) throws(Failure) {
        var sent = 0
        while sent < octets.count {
            let step = octets.withUnsafeBytes { stream.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            switch step {
            case .bytes(let count): sent += count
            case .wantsRead: try wait(POLLIN)
            case .wantsWrite: try wait(POLLOUT)
            case .failed(let failure): throw self.failure(failure)
            }
        }
    }

    /// The next octets, at most `limit`.
    package func receive(limit: Int = 65536) throws(Failure) -> Received {
        while true {
            var step = TLSStream.ReadStep.wantsRead
            let octets = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                step = stream.read(into: UnsafeMutableRawBufferPointer(buffer))
                if case .bytes(let received) = step { count = received }
            }
            switch step {
            case .bytes: return .octets(octets)
            case .wantsRead: try wait(POLLIN)
            case .wantsWrite: try wait(POLLOUT)
            case .closeNotify: return .closeNotify
            case .truncated: return .endOfFile
            case .failed(let failure): throw self.failure(failure)
            }
        }
    }

    /// Exactly `count` octets, or fewer when the peer ends.
    package func receive(exactly count: Int) throws(Failure) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count, case .octets(let octets) = try receive(limit: count - all.count) { all += octets }
        return all
    }

    /// Everything until the peer ends, and how it ended.
    package func receiveAll() throws(Failure) -> (octets: [UInt8], end: Received) {
        var all: [UInt8] = []
        while true {
            let next = try receive()
            guard case .octets(let octets) = next else { return (all, next) }
            all += octets
        }
    }

    /// Says that nothing more will be sent; the other direction stays open.
    package func sendCloseNotify() { _ = stream.sendCloseNotify() }

    /// Ends the transport's sending half without close_notify, as a crashed device or a cut cable behind a proxy would.
    package func truncate() { SystemCall.shutdownWrite(socket.raw) }

    /// The peer will read RST.
    package func resetOnClose() { try? SocketOption.resetOnClose.apply(to: socket.raw) }

    /// From now on its machine is as good as switched off: nothing is acknowledged, and nothing is said.
    ///
    /// - Returns: false where the kernel has no socket filters.
    package func goSilent() -> Bool { CLinuxShims_drop_incoming(socket.raw) == 0 }

    package var localAddress: SocketAddress? { try? SystemCall.localAddress(socket.raw) }

    private func shakeHands() throws(Failure) {
        while true {
            switch stream.handshake() {
            case .done: return
            case .wantsRead: try wait(POLLIN)
            case .wantsWrite: try wait(POLLOUT)
            case .failed(let failure): throw self.failure(failure)
            }
        }
    }

    /// A goodbye that came before the failure is not its cause.
    private func failure(_ failure: TLSFailure) -> Failure {
        guard let alert = stream.alertReceived, alert != TLSAlert.closeNotify.rawValue else { return .closed(failure) }
        return .alert(alert)
    }

    private func wait(_ events: Int32) throws(Failure) {
        guard Self.wait(socket.raw, events, timeoutMilliseconds) else { throw .timedOut }
    }

    private static func wait(_ descriptor: Int32, _ events: Int32, _ milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        var result = poll(&entry, 1, milliseconds)
        while result < 0, errno == EINTR { result = poll(&entry, 1, milliseconds) }
        return result > 0
    }
}
