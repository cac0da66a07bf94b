import EventLoop
import Glibc
import PKITypes
import TLSStream

/// Who waits for an upstream.
protocol UpstreamConnectorOwner: AnyObject {
    func upstreamConnected(_ channel: ByteChannel, address: SocketAddress)
    func upstreamFailed(_ reason: RefusalReason, diagnosis: String)
}

/// Finds an upstream that answers: address after address, TCP, then the PROXY header, then TLS with its name and chain
/// verified. Not an octet of the device is sent before that.
final class UpstreamConnector: ReadinessHandler, TimerHandler {
    private let loop: EventLoop
    private let plan: UpstreamPlan
    private let header: [UInt8]
    private let attemptSeconds: Double
    private let deadPeerSeconds: Double?
    private unowned let owner: any UpstreamConnectorOwner
    private lazy var deadline = Timer(loop: loop, handler: self)
    private var watcher: IOWatcher?
    private var descriptor: OwnedDescriptor?
    private var tls: TLSStream?
    private var nextAddress = 0
    private var failure: (reason: RefusalReason, diagnosis: String) = (.upstreamUnavailable, "no address")

    /// - Parameter header: sent in the clear before TLS, as nginx and HAProxy send it.
    init(
        loop: EventLoop,
        plan: UpstreamPlan,
        header: [UInt8],
        timeouts: ConnectionTimeouts,
        owner: any UpstreamConnectorOwner
    ) {
        self.loop = loop
        self.plan = plan
        self.header = header
        self.owner = owner
        deadPeerSeconds = timeouts.deadPeerSeconds
        // One silent address must not use up the time of those behind it.
        attemptSeconds = timeouts.connectSeconds / Double(max(1, plan.addresses.count))
    }

    func start() { tryNextAddress() }

    func cancel() {
        deadline.stop()
        abandonAttempt()
    }

    func ready(_ watcher: IOWatcher, readable: Bool, writable: Bool) {
        if tls != nil { return stepTLS() }
        let code = SystemCall.pendingError(watcher.descriptor)
        guard code == 0 else { return attemptFailed(.upstreamUnavailable, SystemCallFailure.text(of: code)) }
        transportConnected()
    }

    func fired(_ timer: Timer) { attemptFailed(.upstreamUnavailable, "no answer within \(attemptSeconds) s") }

    private func tryNextAddress() {
        guard nextAddress < plan.addresses.count else {
            plan.health.attempted(succeeded: false)
            return owner.upstreamFailed(failure.reason, diagnosis: failure.diagnosis)
        }
        let address = plan.addresses[nextAddress]
        nextAddress += 1
        do throws(SystemCallFailure) {
            let socket = try SystemCall.streamSocket(for: address)
            let raw = socket.raw
            descriptor = consume socket
            try ConnectedSocket.configure(raw, isTCP: address.unixPath == nil, deadPeerSeconds: deadPeerSeconds)
            let watcher = IOWatcher(loop: loop, descriptor: raw, handler: self)
            self.watcher = watcher
            deadline.start(afterSeconds: attemptSeconds)
            switch try SystemCall.connect(raw, to: address) {
            case .connected: transportConnected()
            case .inProgress: watcher.interest = .write
            }
        } catch {
            attemptFailed(.upstreamUnavailable, error.description)
        }
    }

    private func transportConnected() {
        guard let watcher else { preconditionFailure("connected without a socket") }
        if !header.isEmpty {
            let sent = header.withUnsafeBytes { SystemCall.write(watcher.descriptor, $0) }
            // A fresh socket's buffer holds it whole.
            guard sent == .bytes(header.count) else {
                return attemptFailed(.upstreamUnavailable, "PROXY header not taken: \(sent)")
            }
        }
        guard let context = plan.tls else { return succeed() }
        guard let stream = context.connect(descriptor: watcher.descriptor) else {
            return attemptFailed(.internalError, "no memory for TLS")
        }
        tls = stream
        stepTLS()
    }

    private func stepTLS() {
        guard let tls, let watcher else { preconditionFailure("TLS without a socket") }
        switch tls.handshake() {
        case .done: succeed()
        case .wantsRead: watcher.interest = .read
        case .wantsWrite: watcher.interest = .write
        case .failed(let failure):
            let isTransport = if case .transport = failure { true } else { failure == .truncated }
            attemptFailed(isTransport ? .upstreamUnavailable : .upstreamUntrusted, failure.description)
        }
    }

    private func succeed() {
        deadline.stop()
        watcher?.stop()
        watcher = nil
        guard let descriptor = descriptor.take() else { preconditionFailure("connected without a socket") }
        plan.health.attempted(succeeded: true)
        owner.upstreamConnected(ByteChannel(descriptor, tls: tls), address: plan.addresses[nextAddress - 1])
    }

    private func attemptFailed(_ reason: RefusalReason, _ diagnosis: String) {
        let address = plan.addresses[nextAddress - 1]
        // An upstream that is not who it should be is graver than one that is away.
        if failure.reason != .upstreamUntrusted || reason == .upstreamUntrusted { failure = (reason, "\(address): \(diagnosis)") }
        deadline.stop()
        abandonAttempt()
        tryNextAddress()
    }

    private func abandonAttempt() {
        watcher?.stop()
        watcher = nil
        tls = nil
        descriptor = nil
    }
}
