import DataPlane
import Logging
import PKITypes

/// One device seems to be at two places: both sides' facts.
struct CloneAlarm: Equatable {
    /// What shows it: a word of metrics.
    enum Finding: String, CaseIterable {
        /// More sessions of one identity than its policy allows, the older ones alive.
        case sessions
        /// One certificate in two networks.
        case networks

        var sentence: String {
            switch self {
            case .sessions: "concurrent sessions of one device"
            case .networks: "one certificate in two networks"
            }
        }
    }

    /// A session, as a person looks for it.
    struct Side: Equatable {
        let decision: DecisionID
        let listener: String
        let source: String
        let serial: SerialNumber?
        let since: UnixSeconds
        /// Nil: it goes on.
        var until: UnixSeconds?
    }

    let finding: Finding
    let identity: DeviceIdentity
    let newcomer: Side
    let others: [Side]

    /// As a log line has them.
    var fields: Logger.Metadata {
        func all(_ fact: (Side) -> String) -> Logger.MetadataValue { "\(others.map(fact).joined(separator: ","))" }
        func serial(_ side: Side) -> String { side.serial.map { "\($0)" } ?? "" }
        var fields: Logger.Metadata = [
            "device": "\(identity)", "decision": "\(newcomer.decision)", "listener": "\(newcomer.listener)",
            "source": "\(newcomer.source)", "serial": "\(serial(newcomer))", "since": "\(newcomer.since.rawValue)",
            "other_decision": all { "\($0.decision)" }, "other_listener": all(\.listener), "other_source": all(\.source),
            "other_serial": all(serial), "other_since": all { "\($0.since.rawValue)" },
        ]
        // Of those that go on there is no end to tell.
        if others.contains(where: { $0.until != nil }) {
            fields["other_until"] = all { $0.until.map { "\($0.rawValue)" } ?? "" }
        }
        return fields
    }
}

extension CloneAlarm.Side {
    init(_ claim: SessionClaim) {
        self.init(
            decision: claim.decision, listener: claim.listener, source: "\(claim.source)", serial: claim.serial,
            since: claim.since)
    }
}
