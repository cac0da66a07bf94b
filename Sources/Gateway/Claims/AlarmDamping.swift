import PKITypes

/// Tells a flapping device's alarms once in a while, with the number of those that were not told.
struct AlarmDamping {
    /// Between two of one identity: a person reads the first, and the next ones say that it goes on.
    static let seconds: Int64 = 60
    /// Identities remembered before those whose time is over are forgotten.
    private static let identitiesMax = 4096

    private struct Entry {
        var toldAt: UnixSeconds
        var untold = 0
    }

    private var entries: [DeviceIdentity: Entry] = [:]

    /// Nil: it is not told. Otherwise how many were not told before it.
    mutating func tell(_ identity: DeviceIdentity, at now: UnixSeconds) -> Int? {
        if let entry = entries[identity], now >= entry.toldAt, now < entry.toldAt + Self.seconds {
            entries[identity]?.untold += 1
            return nil
        }
        if entries.count >= Self.identitiesMax {
            entries = entries.filter { now >= $0.value.toldAt && now < $0.value.toldAt + Self.seconds }
            // So many within a minute: to look through them for each would hold up whoever reads the events.
            if entries.count >= Self.identitiesMax { entries = [:] }
        }
        return entries.updateValue(Entry(toldAt: now), forKey: identity)?.untold ?? 0
    }
}
