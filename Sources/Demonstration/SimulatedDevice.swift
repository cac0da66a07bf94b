import EventLoop
import TLSOrigination

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

    private static let timeoutSeconds = 5.0

    let member: CastMember
    let context: TLSClientContext
    let address: SocketAddress

    func connect() throws(TLSClient.Failure) -> TLSClient {
        try TLSClient(context, to: address, timeoutSeconds: Self.timeoutSeconds)
    }

    /// Waits: not for the concurrency pool.
    func deliver(_ octets: [UInt8]) -> Outcome {
        do throws(TLSClient.Failure) {
            let client = try connect()
            try client.send(octets)
            client.sendCloseNotify()
            let (answer, end) = try client.receiveAll()
            return end == .closeNotify ? .answered(answer) : .failed("the connection ended without close_notify")
        } catch {
            if case .alert(let code) = error { return .alert(code) }
            return .failed(error.description)
        }
    }
}
