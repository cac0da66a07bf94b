/// What a finding about a credential leads to. Strict first.
package enum FindingAnswer: String, CaseIterable, Comparable, Sendable {
    /// This connection is refused, and the device with it quarantined.
    case quarantine
    /// This connection is refused.
    case refuse
    /// It goes on, and somebody hears of it.
    case alarm

    private var leniency: Int {
        switch self {
        case .quarantine: 0
        case .refuse: 1
        case .alarm: 2
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.leniency < right.leniency }
}
