/// How much of a whole one automatic change may affect.
package enum ChangeLimit: Hashable, Sendable {
    case count(Int)
    case percent(Int)
    case none

    /// Below so many a percentage holds nothing: 5 % of 99 are four, and four devices that a person has had revoked are to go at
    /// once. Whoever runs fewer and wants to be asked says a number.
    package static let percentagesFrom = 100

    package func allows(_ affected: Int, of total: Int) -> Bool {
        switch self {
        case .count(let most): affected <= most
        case .percent(let percent): total < Self.percentagesFrom || affected * 100 <= percent * total
        case .none: true
        }
    }
}

/// What an automatic change may do before a person is asked.
package struct ChangeGuardSettings: Hashable, Sendable {
    package var sessionsCut: ChangeLimit
    package var devicesRefused: ChangeLimit
}
