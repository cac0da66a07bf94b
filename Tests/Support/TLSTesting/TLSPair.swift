import PKITypes
import SignatureChecking
import TLSOrigination
import TLSStream
import TLSTermination

/// A client and a server of ours, connected by a real loopback connection and stepped in turns by one thread.
package final class TLSPair {
    /// How one side's handshake ended.
    package enum Outcome: Equatable {
        case done
        case failed(TLSFailure)
        case refused(HandshakeFailure)
        /// It waits for the other, who says nothing more.
        case waits
    }

    package let sockets = SocketPair()
    package let client: TLSStream
    package let server: TLSStream
    private let connection: TLSServerConnection
    private let judge: any PeerJudge

    /// Turns without progress after which both sides wait for each other; a turn waits a little for the loopback.
    private static let patience = 5
    private static let turnMilliseconds: Int32 = 10

    package init(
        server: TLSServerContext, client: TLSClientContext, judge: any PeerJudge, sessions: (any SessionKeeper)? = nil,
        resuming session: TLSSession? = nil
    ) {
        guard let connection = TLSServerConnection(server, descriptor: sockets[.server], judge: judge, sessions: sessions),
            let stream = client.connect(descriptor: sockets[.client], resuming: session)
        else { preconditionFailure("no memory for TLS") }
        self.connection = connection
        self.server = connection.stream
        self.client = stream
        self.judge = judge
    }

    @discardableResult
    package func shakeHands() -> (client: Outcome, server: Outcome) {
        var client = Outcome.waits
        var server = Outcome.waits
        var idle = 0
        while idle < Self.patience, client == .waits || server == .waits {
            let before = (client, server)
            if client == .waits { client = step(self.client) }
            if server == .waits {
                sockets.waitUntilReadable(.server, milliseconds: Self.turnMilliseconds)
                server = step(connection)
            }
            if client == .waits { sockets.waitUntilReadable(.client, milliseconds: Self.turnMilliseconds) }
            idle = before == (client, server) ? idle + 1 : 0
            if case .refused = server, client == .waits { client = step(self.client) }
            if case .failed = client, server == .waits { server = step(connection) }
        }
        return (client, server)
    }

    /// What one side reads next, when something came or the wait is over.
    package func read(_ end: SocketPair.End, limit: Int = 65536) -> (step: TLSStream.ReadStep, octets: [UInt8]) {
        let stream = end == .client ? client : server
        if !stream.hasBufferedBytes { sockets.waitUntilReadable(end) }
        var step = TLSStream.ReadStep.wantsRead
        let octets = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            step = stream.read(into: UnsafeMutableRawBufferPointer(buffer))
            if case .bytes(let received) = step { count = received }
        }
        return (step, octets)
    }

    package func write(_ end: SocketPair.End, _ octets: [UInt8]) -> TLSStream.WriteStep {
        let stream = end == .client ? client : server
        return octets.withUnsafeBytes { stream.write($0) }
    }

    private func step(_ stream: TLSStream) -> Outcome {
        switch stream.handshake() {
        case .done: .done
        case .wantsRead, .wantsWrite: .waits
        case .failed(let failure): .failed(failure)
        }
    }

    private func step(_ connection: TLSServerConnection) -> Outcome {
        switch connection.step() {
        case .finished: .done
        case .wantsRead: .waits
        case .wantsWrite: .waits
        case .failed(let failure): .refused(failure)
        }
    }
}

/// A judge that always says the same, and remembers whom it saw.
package final class FixedJudge: PeerJudge {
    private let verdict: PeerVerdict
    package private(set) var seenLeaves: [[UInt8]] = []

    package init(_ verdict: PeerVerdict) { self.verdict = verdict }

    package func judge(_ presented: PresentedCertificates) -> PeerVerdict {
        seenLeaves.append(presented.leafBytes)
        return verdict
    }
}
