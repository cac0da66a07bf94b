import Configuration
import DataPlane
import PKITypes
import VerificationCore

/// A reload that waits for a person's word, because it would do more than the change guard lets pass.
package struct HeldChange: Hashable, Sendable, CustomStringConvertible {
    /// What was weighed: a reload of the same passes once it is confirmed, and of nothing else.
    struct Content: Hashable, Sendable {
        private let configuration: String?
        private let anchors: [[Fingerprint]]
        private let lists: [List]

        private struct List: Hashable, Sendable {
            let source: String
            let covered: ListSignature.Covered
            let signature: [UInt8]
        }

        init(_ prepared: GenerationBuilder.Prepared) {
            configuration = EffectiveConfiguration(prepared.reading)?.text
            anchors = prepared.configuration.trustAnchors.map { anchor in
                (prepared.snapshot.anchor(named: anchor.name)?.fingerprints ?? []).sorted { "\($0)" < "\($1)" }
            }
            lists = prepared.snapshot.revocation.lists.map {
                List(source: $0.source, covered: $0.signature.covered, signature: $0.signature.value)
            }
        }
    }

    package let since: UnixSeconds
    /// Live sessions that it would end.
    package let sessions: SessionsAtStake
    /// Registered devices whose certificates its lists newly revoke; nil when they were not counted.
    package let devicesRefused: Int?
    /// How many are registered.
    package let devices: Int
    let content: Content

    package var description: String {
        let refused = devicesRefused.map { ", and newly revoke \($0) of \(devices) registered devices" } ?? ""
        return "it would end \(sessions.ending) of \(sessions.all) live sessions\(refused)"
    }
}

/// What came of a person's word for a change that is held.
package enum HeldChangeAnswer: Sendable {
    case nothingHeld
    case applied(generation: UInt64)
    /// The files say something else by now, which is held in turn.
    case heldAnother(HeldChange)
    case failed(GatewayFailure)
}
