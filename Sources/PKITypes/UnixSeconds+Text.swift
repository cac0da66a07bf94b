extension UnixSeconds {
    /// RFC 3339, in UTC: `2026-11-23T15:04:05Z`. X.509 knows no moment that needs more than four digits for its year.
    package var text: String {
        let (days, second) = Self.divided(rawValue, by: 86_400)
        let (year, month, day) = Self.date(days)
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        return "\(date)T\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))Z"
    }

    /// Reads what ``text`` writes, and nothing else: RFC 3339 in UTC without fractions. Nil for a day that no calendar has.
    package init?(text: some StringProtocol) {
        let pattern = "dddd-dd-ddTdd:dd:ddZ"
        guard text.utf8.count == pattern.utf8.count else { return nil }
        var fields: [Int64] = [0]
        for (wanted, found) in zip(pattern.utf8, text.utf8) {
            if wanted == UInt8(ascii: "d") {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(found) else { return nil }
                fields[fields.count - 1] = fields[fields.count - 1] * 10 + Int64(found - UInt8(ascii: "0"))
            } else {
                guard wanted == found else { return nil }
                fields.append(0)
            }
        }
        guard (1...12).contains(fields[1]), fields[3] < 24, fields[4] < 60, fields[5] < 60 else { return nil }
        let days = Self.days(year: fields[0], month: fields[1], day: fields[2])
        guard Self.date(days) == (fields[0], fields[1], fields[2]) else { return nil }
        self.init(days * 86_400 + fields[3] * 3600 + fields[4] * 60 + fields[5])
    }

    /// The inverse of ``date(_:)``; a day too many becomes one of the next month.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = divided(month <= 2 ? year - 1 : year, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The proleptic Gregorian calendar, counted in eras of 400 years that begin in March: a leap day is a year's last.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divided(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// Rounded down, so that moments before 1970 have a remainder, too.
    private static func divided(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
