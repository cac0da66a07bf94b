import EventLoop
import TLSOrigination
import TLSStream

/// A device that connects over a real socket, sends what it has and reads how it went.
struct SimulatedDevice: Sendable {
    /// What the device itself saw.
    enum Outcome: Sendable {
        /// All was sent, and the connection ended properly after this answer.
        case answered([UInt8])
        /// The code of the fatal alert that it read.
        case alert(UInt8)
        case failed(String)
    }

    struct Visit: Sendable {
        let outcome: Outcome
        let isResumed: Bool
        /// To come back with.
        let session: TLSSession?
    }

    private static let timeoutSeconds = 5.0

    let member: CastMember
    let context: TLSClientContext
    let address: SocketAddress

    func connect(resuming session: TLSSession? = nil) throws(TLSClient.Failure) -> TLSClient {
        try TLSClient(context, to: address, resuming: session, timeoutSeconds: Self.timeoutSeconds)
    }

    /// Waits: not for the concurrency pool.
    ///
    /// - Parameter session: of an earlier visit, offered to the gateway.
    func deliver(_ octets: [UInt8], resuming session: TLSSession? = nil) -> Visit {
        do throws(TLSClient.Failure) {
            let client = try connect(resuming: session)
            do throws(TLSClient.Failure) {
                try client.send(octets)
                client.sendCloseNotify()
                let (answer, end) = try client.receiveAll()
                let outcome: Outcome =
                    end == .closeNotify ? .answered(answer) : .failed("the connection ended without close_notify")
                // One without a lifetime is to be thrown away at once (RFC 8446 §4.6.1).
                let session = client.stream.session.flatMap { $0.lifetimeHint > 0 ? $0 : nil }
                return Visit(outcome: outcome, isResumed: client.stream.isResumed, session: session)
            } catch {
                return Visit(outcome: Outcome(error), isResumed: client.stream.isResumed, session: nil)
            }
        } catch {
            return Visit(outcome: Outcome(error), isResumed: false, session: nil)
        }
    }
}

extension SimulatedDevice.Outcome {
    fileprivate init(_ failure: TLSClient.Failure) {
        self = if case .alert(let code) = failure { .alert(code) } else { .failed(failure.description) }
    }
}
