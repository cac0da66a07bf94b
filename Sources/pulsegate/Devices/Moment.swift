import Configuration
import OfflineVerification
import PKITypes

/// A moment on the command line: RFC 3339, seconds since 1970, or how long from now, as `4h` or `30d`.
enum Moment {
    static let example = "2026-11-23T19:00:00Z, or 4h, 30d from now"

    static func read(_ text: String, after now: UnixSeconds) -> UnixSeconds? {
        UnitText.seconds(text).map { now + $0 } ?? MomentText.moment(text)
    }
}
