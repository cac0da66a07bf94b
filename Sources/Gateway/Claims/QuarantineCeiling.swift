import PKITypes

/// How many devices a second network sends away within a minute. Copied keys come one at a time; when a ward is given other
/// addresses, all its devices do, and a person has to lift a quarantine.
struct QuarantineCeiling {
    static let perMinute = 10
    private static let seconds: Int64 = 60

    private var begun: UnixSeconds?
    private var count = 0

    /// Whether one more may be sent away.
    mutating func permits(at now: UnixSeconds) -> Bool {
        if let begun, now >= begun, now < begun + Self.seconds {
            count += 1
        } else {
            (begun, count) = (now, 1)
        }
        return count <= Self.perMinute
    }
}
