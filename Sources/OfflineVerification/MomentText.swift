import Foundation
import PKITypes

/// A moment as the command line names it: seconds since 1970, or RFC 3339.
package enum MomentText {
    /// Nil for anything else. Fractions of a second are dropped, as X.509 knows none.
    package static func moment(_ text: String) -> UnixSeconds? {
        if let seconds = Int64(text) { return VerificationJob.moments.contains(seconds) ? UnixSeconds(seconds) : nil }
        let pattern =
            /([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))/
        guard let match = text.uppercased().wholeMatch(of: pattern)?.output else { return nil }
        let fields = [match.1, match.2, match.3, match.4, match.5, match.6].compactMap { Int($0) }
        guard fields.count == 6, let offset = offsetSeconds(match.7, match.8, match.9) else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let components = DateComponents(
            calendar: calendar, year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4],
            second: fields[5]
        )
        // A calendar takes the 30th of February for the 2nd of March unless it is asked.
        guard components.isValidDate, let date = components.date else { return nil }
        return UnixSeconds(Int64(date.timeIntervalSince1970) - offset)
    }

    /// Nil for an offset beyond a day.
    private static func offsetSeconds(_ sign: Substring?, _ hours: Substring?, _ minutes: Substring?) -> Int64? {
        guard let sign, let hours = hours.flatMap({ Int64($0) }), let minutes = minutes.flatMap({ Int64($0) }) else { return 0 }
        guard hours < 24, minutes < 60 else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
