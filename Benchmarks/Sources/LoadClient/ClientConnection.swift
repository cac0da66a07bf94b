import CLoadShims
import COpenSSL
import Glibc
import LinuxPolling

/// One simulated device's connection: TCP, TLS, exchange, close_notify.
final class ClientConnection {
    let startedAt: UInt64
    private(set) var movedAt: UInt64
    private(set) var handshakeEndedAt: UInt64 = 0
    private(set) var phase = Phase.connecting
    private(set) var interest = Interest.write
    private let socket: OwnedDescriptor
    let ssl: OpaquePointer
    /// Its position.
    let credential: Int
    private var exchange: EchoExchange
    private var messageStartedAt: UInt64 = 0

    enum Phase: Equatable {
        case connecting
        case handshaking
        /// The handshake is done; the run has not opened the exchange yet.
        case parked
        case exchanging
    }

    enum Step {
        case waiting
        case finished
        case failed(LoadFailure.Cause)
    }

    /// What the connections of one run share while one of them moves.
    struct Surroundings {
        let pattern: EchoPattern
        let scratch: UnsafeMutableRawBufferPointer
        var latencies = LatencyHistogram()
        var messages: UInt64 = 0
        var bytes: UInt64 = 0
    }

    /// Writes in one turn, so that reading the echo of a stream is not put off.
    private static let writesPerTurn = 8

    init(
        socket: consuming OwnedDescriptor, context: TLSClientContext, credentials: [Credential], credential: Int,
        serverName: String?, exchange: EchoExchange, now: UInt64
    ) {
        guard let ssl = SSL_new(context.raw) else { preconditionFailure("SSL_new: \(takeOpenSSLReason())") }
        SSL_set_fd(ssl, socket.raw)
        SSL_set_connect_state(ssl)
        credentials[credential].install(on: ssl)
        self.credential = credential
        if let serverName {
            _ = CLoadShims_set_server_name(ssl, serverName)
            SSL_set1_host(ssl, serverName)
        }
        self.ssl = ssl
        self.socket = socket
        self.exchange = exchange
        startedAt = now
        movedAt = now
    }

    deinit { SSL_free(ssl) }

    var raw: CInt { socket.raw }

    var failurePhase: LoadFailure.Phase {
        switch phase {
        case .connecting: .connect
        case .handshaking: .handshake
        case .parked, .exchanging: .exchange
        }
    }

    var bytesReceived: Int { exchange.received }

    func beginExchange(now: UInt64) {
        precondition(phase == .parked, "the exchange begins once, after the handshake")
        phase = .exchanging
        movedAt = now
        messageStartedAt = now
    }

    func stopExchange() { exchange.stop() }

    /// Moves as far as it can without blocking.
    func advance(_ surroundings: inout Surroundings, now: UInt64) -> Step {
        switch phase {
        case .connecting:
            if let code = pendingSocketError() { return .failed(code == ECONNRESET ? .reset : .system(code)) }
            phase = .handshaking
            movedAt = now
            return handshake(now: now)
        case .handshaking: return handshake(now: now)
        case .parked: return watchWhileParked(&surroundings)
        case .exchanging: return exchangeBytes(&surroundings, now: now)
        }
    }

    private func pendingSocketError() -> CInt? {
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(raw, SOL_SOCKET, SO_ERROR, &code, &length)
        return code == 0 ? nil : code
    }

    private func handshake(now: UInt64) -> Step {
        switch TLSStep.perform(ssl, { SSL_do_handshake(ssl) }) {
        case .moved:
            phase = .parked
            movedAt = now
            handshakeEndedAt = MonotonicClock.now()
            interest = .read
            return .waiting
        case .wantsRead:
            interest = .read
            return .waiting
        case .wantsWrite:
            interest = .write
            return .waiting
        case .failed(let cause): return .failed(cause)
        }
    }

    /// In TLS 1.3 a refusal arrives after the client's handshake is done, and tickets do too.
    private func watchWhileParked(_ surroundings: inout Surroundings) -> Step {
        let scratch = surroundings.scratch
        switch TLSStep.perform(ssl, { SSL_read(ssl, scratch.baseAddress, CInt(scratch.count)) }) {
        case .moved: return .failed(.wrongEcho)
        case .wantsRead, .wantsWrite: return .waiting
        case .failed(let cause): return .failed(cause)
        }
    }

    private func exchangeBytes(_ surroundings: inout Surroundings, now: UInt64) -> Step {
        var blocked: Interest = []
        if let step = write(&surroundings, blocked: &blocked, now: now) { return step }
        if let step = read(&surroundings, now: now) { return step }
        // What was read may have opened the window again, and no event would tell.
        if blocked.isEmpty, exchange.sendable > 0, let step = write(&surroundings, blocked: &blocked, now: now) { return step }
        if exchange.isOver { return .finished }
        interest = exchange.sendable > 0 ? [.read, .write] : .read
        return .waiting
    }

    private func write(_ surroundings: inout Surroundings, blocked: inout Interest, now: UInt64) -> Step? {
        for _ in 0..<Self.writesPerTurn {
            let count = exchange.sendable
            guard count > 0 else { return nil }
            let step = surroundings.pattern.withBytes(at: exchange.sent) { bytes in
                TLSStep.perform(ssl) { SSL_write(ssl, bytes, CInt(count)) }
            }
            switch step {
            case .moved(let written):
                exchange.didSend(written)
                movedAt = now
            case .wantsRead, .wantsWrite:
                blocked = .write
                return nil
            case .failed(let cause): return .failed(readableCause(behind: cause, surroundings))
            }
        }
        return nil
    }

    /// A write that meets a closed socket says only that; the alert that tells why may still wait to be read.
    private func readableCause(behind cause: LoadFailure.Cause, _ surroundings: Surroundings) -> LoadFailure.Cause {
        let scratch = surroundings.scratch
        guard case .reset = cause,
            case .failed(let earlier) = TLSStep.perform(ssl, { SSL_read(ssl, scratch.baseAddress, CInt(scratch.count)) })
        else { return cause }
        return earlier
    }

    private func read(_ surroundings: inout Surroundings, now: UInt64) -> Step? {
        let scratch = surroundings.scratch
        while !exchange.isOver {
            switch TLSStep.perform(ssl, { SSL_read(ssl, scratch.baseAddress, CInt(scratch.count)) }) {
            case .moved(let count):
                movedAt = now
                if let step = take(count, &surroundings) { return step }
                // All has come back: another read would only cost a call that says EAGAIN.
                if exchange.received == exchange.sent { return nil }
            case .wantsRead, .wantsWrite: return nil
            case .failed(let cause): return .failed(cause)
            }
        }
        return nil
    }

    private func take(_ count: Int, _ surroundings: inout Surroundings) -> Step? {
        let piece = UnsafeRawBufferPointer(rebasing: surroundings.scratch[..<count])
        guard surroundings.pattern.matches(piece, at: exchange.received), let progress = exchange.didReceive(count) else {
            return .failed(.wrongEcho)
        }
        surroundings.bytes += UInt64(count)
        if progress == .caughtUp {
            let end = MonotonicClock.now()
            surroundings.latencies.record(end - messageStartedAt)
            surroundings.messages += 1
            messageStartedAt = end
        }
        return nil
    }

    /// What the handshake agreed on, such as `TLSv1.3 TLS_AES_128_GCM_SHA256 X25519`.
    func describeAgreement() -> String {
        let version = String(cString: SSL_get_version(ssl))
        let cipher = SSL_get_current_cipher(ssl).flatMap { SSL_CIPHER_get_name($0) }.map { String(cString: $0) } ?? "no cipher"
        let group = CLoadShims_negotiated_group(ssl).map { String(cString: $0) } ?? "no group"
        return "\(version) \(cipher) \(group)"
    }

    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    /// Whether the server sent a ticket (RFC 8446 §4.6.1, RFC 5077). A TLS 1.2 session id is not seen by this.
    var wasOfferedTicket: Bool {
        guard let session = SSL_get_session(ssl) else { return false }
        return SSL_SESSION_has_ticket(session) == 1
    }

    /// Sends close_notify; what the peer answers is not waited for (RFC 8446 §6.1 allows that to the side that is done).
    func sendCloseNotify() {
        ERR_clear_error()
        SSL_shutdown(ssl)
        ERR_clear_error()
    }
}
