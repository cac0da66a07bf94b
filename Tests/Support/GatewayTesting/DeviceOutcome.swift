import LabPKI
import PKITypes
import TLSOrigination

/// What came of a device's attempt to be served, as the device sees it.
package enum DeviceOutcome: Equatable, Sendable {
    /// It sent a greeting and read it back.
    case served
    /// The gateway ended the connection with this alert.
    case alert(UInt8)
    case failed(TLSClient.Failure)
    /// The connection ended without an alert.
    case ended(TLSClient.Received)
}

extension GatewayFixture {
    /// A device tries an upstream that echoes, on a thread of its own.
    package func attempt(
        _ certificate: LabCertificate?,
        versions: ClosedRange<TLSVersion> = .tls12 ... .tls13,
        applicationProtocols: [String] = []
    ) async throws -> DeviceOutcome {
        try await blocking { [self] in
            do {
                let device = try client(certificate, versions: versions, applicationProtocols: applicationProtocols)
                return try device.greet()
            } catch let failure as TLSClient.Failure {
                if case .alert(let code) = failure { return .alert(code) }
                return .failed(failure)
            }
        }
    }

    /// A device tries with this version of TLS alone.
    package func attempt(_ certificate: LabCertificate?, _ version: TLSVersion) async throws -> DeviceOutcome {
        try await attempt(certificate, versions: version...version)
    }
}

extension TLSClient {
    /// Sends a greeting to an upstream that echoes.
    package func greet() throws(Failure) -> DeviceOutcome {
        let greeting = Array("good morning".utf8)
        try send(greeting)
        var answer: [UInt8] = []
        while answer.count < greeting.count {
            switch try receive() {
            case .octets(let octets): answer += octets
            case let end: return .ended(end)
            }
        }
        return answer == greeting ? .served : .ended(.octets(answer))
    }
}
