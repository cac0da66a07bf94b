import EventLoop
import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import TLSStream

/// A device that comes back with the session of an earlier visit.
struct ReturningDevice: Sendable {
    struct Visit: Sendable {
        let outcome: DeviceOutcome
        /// As the device saw it.
        let isResumed: Bool
        /// To come back with.
        let session: TLSSession?
    }

    let fixture: GatewayFixture
    let certificate: LabCertificate
    let version: TLSVersion

    /// Shakes hands, has a greeting echoed and leaves.
    func visit(_ listener: String = "devices", with session: TLSSession? = nil) async throws -> Visit {
        let address = fixture.address(of: listener)
        return try await blocking {
            do {
                let device = try fixture.pki.client(certificate, to: address, versions: version...version, resuming: session)
                do {
                    let outcome = try device.greet()
                    return Visit(outcome: outcome, isResumed: device.stream.isResumed, session: device.stream.session)
                } catch let failure as TLSClient.Failure {
                    return Visit(outcome: failure.outcome, isResumed: device.stream.isResumed, session: nil)
                }
            } catch let failure as TLSClient.Failure {
                return Visit(outcome: failure.outcome, isResumed: false, session: nil)
            }
        }
    }

    /// Sessions of so many full handshakes.
    func sessions(_ count: Int, _ listener: String = "devices") async throws -> [TLSSession] {
        var sessions: [TLSSession] = []
        for _ in 0..<count {
            let visit = try await visit(listener)
            guard visit.outcome == .served, !visit.isResumed, let session = visit.session else { throw NoSession(visit: visit) }
            sessions.append(session)
        }
        return sessions
    }

    struct NoSession: Error { let visit: Visit }
}

extension TLSClient.Failure {
    fileprivate var outcome: DeviceOutcome {
        if case .alert(let code) = self { .alert(code) } else { .failed(self) }
    }
}

extension CapturedLog.Line {
    /// The loop that decided: the fourth octet of a decision's id.
    var loop: String { String((fields["decision"] ?? "").dropFirst(6).prefix(2)) }
}
