import Foundation
import PKITypes
import VerificationCore

/// What the machine knows of time zones, made into a table: decisions have no clock and no calendar of their own.
package enum ZoneRules {
    // The same years each time, so that a reload in which nothing changed changes no policy.
    private static let years = (from: UnixSeconds(text: "2020-01-01T00:00:00Z"), to: UnixSeconds(text: "2100-01-01T00:00:00Z"))

    /// Nil for a name that the machine does not know.
    ///
    /// - Parameter name: such as `Europe/Berlin`; nil is the machine's own zone.
    package static func offsets(ofZone name: String?) -> ZoneOffsets? {
        guard let zone = name.map(TimeZone.init(identifier:)) ?? TimeZone.current, let from = years.from, let to = years.to else {
            return nil
        }
        var moment = Date(timeIntervalSince1970: Double(from.rawValue))
        let first = Int64(zone.secondsFromGMT(for: moment))
        var changes: [ZoneOffsets.Change] = []
        while let next = zone.nextDaylightSavingTimeTransition(after: moment), next > moment {
            let second = UnixSeconds(Int64(next.timeIntervalSince1970))
            guard second < to else { break }
            changes.append(ZoneOffsets.Change(moment: second, offset: Int64(zone.secondsFromGMT(for: next))))
            moment = next
        }
        return ZoneOffsets(first: first, changes: changes)
    }
}
