import Glibc
import PKITypes

/// Moments as X.509 and people write them.
package enum LabTime {
    /// "To indicate that a certificate has no well-defined expiration date" (RFC 5280 §4.1.2.5).
    package static let noExpiration = UnixSeconds(253_402_300_799)
    package static let secondsPerHour: Int64 = 3_600
    package static let secondsPerDay: Int64 = 86_400

    package static func now() -> UnixSeconds { UnixSeconds(Int64(time(nil))) }

    /// UTCTime through 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5).
    package static func der(_ moment: UnixSeconds) -> [UInt8] {
        let civil = CivilTime(moment)
        let digits = civil.digits(separators: .none)
        let usesUTCTime = (1950..<2050).contains(civil.year)
        return usesUTCTime
            ? LabDER.element(0x17, Array(digits.dropFirst(2).utf8)) : LabDER.element(0x18, Array(digits.utf8))
    }

    /// `2026-11-23T15:04:05Z`
    package static func text(_ moment: UnixSeconds) -> String { CivilTime(moment).digits(separators: .iso8601) }

    /// The inverse of ``text(_:)``; nil for anything else.
    package static func moment(_ text: String) -> UnixSeconds? {
        let fields = text.split { !$0.isNumber }.compactMap { Int64($0) }
        guard fields.count == 6 else { return nil }
        let days = CivilTime.days(year: fields[0], month: fields[1], day: fields[2])
        let moment = UnixSeconds(days * secondsPerDay + fields[3] * secondsPerHour + fields[4] * 60 + fields[5])
        return Self.text(moment) == text ? moment : nil
    }
}

extension Validity {
    /// From an hour ago, for clocks that are behind, to `days` from now.
    package static func days(_ days: Int64) -> Self {
        let now = LabTime.now()
        return Self(notBefore: now + -LabTime.secondsPerHour, notAfter: now + days * LabTime.secondsPerDay)
    }

    /// A period that ended yesterday.
    package static var expired: Self {
        let now = LabTime.now()
        return Self(notBefore: now + -30 * LabTime.secondsPerDay, notAfter: now + -LabTime.secondsPerDay)
    }

    /// A period that begins tomorrow.
    package static var notYetValid: Self {
        let now = LabTime.now()
        return Self(notBefore: now + LabTime.secondsPerDay, notAfter: now + 30 * LabTime.secondsPerDay)
    }
}

/// A moment in the proleptic Gregorian calendar, UTC.
private struct CivilTime {
    enum Separators { case none, iso8601 }

    let year: Int64
    let month: Int64
    let day: Int64
    let second: Int64

    /// Days are counted from 0000-03-01, so that the leap day is a year's last (Hinnant, "chrono-Compatible Low-Level
    /// Date Algorithms").
    init(_ moment: UnixSeconds) {
        let seconds = moment.rawValue
        let days = (seconds >= 0 ? seconds : seconds - (LabTime.secondsPerDay - 1)) / LabTime.secondsPerDay
        second = seconds - days * LabTime.secondsPerDay
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    func digits(separators: Separators) -> String {
        let date = [Self.padded(year, 4), Self.padded(month, 2), Self.padded(day, 2)]
        let clock = [second / 3_600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }
        return switch separators {
        case .none: date.joined() + clock.joined() + "Z"
        case .iso8601: date.joined(separator: "-") + "T" + clock.joined(separator: ":") + "Z"
        }
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
