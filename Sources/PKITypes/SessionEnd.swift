/// How the session of an admitted device ended. The raw value is the one word for it everywhere.
package enum SessionEnd: Hashable, Sendable {
    case refused(RefusalReason)
    case deviceClosed
    case deviceReset
    case upstreamClosed
    case upstreamReset
    case truncated
    case idleTimeout
    case deadPeer
    case sessionTooOld
    case replacedByNewer
    case adminClosed
    case drained

    package var code: String {
        switch self {
        case .refused(let reason): reason.rawValue
        case .deviceClosed: "device-closed"
        case .deviceReset: "device-reset"
        case .upstreamClosed: "upstream-closed"
        case .upstreamReset: "upstream-reset"
        case .truncated: "truncated"
        case .idleTimeout: "idle-timeout"
        case .deadPeer: "dead-peer"
        case .sessionTooOld: "session-too-old"
        case .replacedByNewer: "replaced-by-newer"
        case .adminClosed: "admin-closed"
        case .drained: "drained"
        }
    }

    /// Every value, for tables that count by reason.
    package static let all: [SessionEnd] =
        RefusalReason.allCases.map(SessionEnd.refused)
        + [
            .deviceClosed, .deviceReset, .upstreamClosed, .upstreamReset, .truncated, .idleTimeout,
            .deadPeer, .sessionTooOld, .replacedByNewer, .adminClosed, .drained,
        ]
}
