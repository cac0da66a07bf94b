import Configuration
import PKITypes
import SignatureChecking
import SnapshotAssembly
import VerificationCore

/// Everything that decides about the devices of one listener, made as for a start of the gateway.
package struct ExaminedListener {
    package let settings: ListenerSettings
    package let engine: OpenSSLPathEngine
    package let snapshot: VerificationSnapshot
    /// In the order of the listener's `trust`.
    package let trust: [TrustMaterial]
    /// The moment that the lists' proofs were made at.
    package let examinedAt: UnixSeconds
}

extension ConfigurationExamination {
    /// Nil when there is none of that name, or a finding is an error.
    package func listener(named name: String) -> ExaminedListener? {
        guard let settings = reading.configuration?.listeners.first(where: { $0.name == name }), let snapshot,
            let engine = contexts.first?.engine(of: name)
        else { return nil }
        return ExaminedListener(
            settings: settings, engine: engine, snapshot: snapshot, trust: settings.trust.compactMap { trust[$0] },
            examinedAt: examinedAt
        )
    }
}
