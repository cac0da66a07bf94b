import Foundation
import PKITypes

/// A moment as the command line names it: seconds since 1970, or RFC 3339.
package enum MomentText {
    /// Nil for anything else. Fractions of a second are dropped, as X.509 knows none.
    package static func moment(_ text: String) -> UnixSeconds? {
        if let seconds = Int64(text) { return VerificationJob.moments.contains(seconds) ? UnixSeconds(seconds) : nil }
        let upperCase = text.uppercased()
        let style = Date.ISO8601FormatStyle(timeZoneSeparator: .colon)
        let fractional = Date.ISO8601FormatStyle(timeZoneSeparator: .colon, includingFractionalSeconds: true)
        guard let date = (try? style.parse(upperCase)) ?? (try? fractional.parse(upperCase)) else { return nil }
        return UnixSeconds(Int64(date.timeIntervalSince1970.rounded(.down)))
    }
}
