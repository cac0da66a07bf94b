import PKITypes

/// UTCTime and GeneralizedTime as RFC 5280 §4.1.2.5 profiles them: in GMT, with seconds, without fractions.
extension DERReader {
    /// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`. Which of the two a year should use is the issuer's duty (§4.1.2.5); both are
    /// read for any year, as NIST's test suite (4.2.4) expects.
    package mutating func readTime() throws(DERFailure) -> UnixSeconds {
        nextTag == .generalizedTime ? try readGeneralizedTime() : try readUTCTime()
    }

    package mutating func readUTCTime() throws(DERFailure) -> UnixSeconds {
        let element = try read(.utcTime)
        guard element.contents.count == 13 else { throw DERFailure(.timeInvalid, at: element.start) }
        let year = try decimal(at: element.contents.lowerBound, of: element)
        // §4.1.2.5.1: 50 to 99 are of the twentieth century.
        return try moment(year: year >= 50 ? 1900 + year : 2000 + year, from: element.contents.lowerBound + 2, of: element)
    }

    package mutating func readGeneralizedTime() throws(DERFailure) -> UnixSeconds {
        let element = try read(.generalizedTime)
        guard element.contents.count == 15 else { throw DERFailure(.timeInvalid, at: element.start) }
        let start = element.contents.lowerBound
        let year = try decimal(at: start, of: element) * 100 + decimal(at: start + 2, of: element)
        return try moment(year: year, from: start + 4, of: element)
    }

    /// `MMDDHHMMSSZ` from `offset`; the caller has checked that eleven octets are there.
    private func moment(year: Int, from offset: Int, of element: DERElement) throws(DERFailure) -> UnixSeconds {
        let month = try decimal(at: offset, of: element)
        let day = try decimal(at: offset + 2, of: element)
        let hour = try decimal(at: offset + 4, of: element)
        let minute = try decimal(at: offset + 6, of: element)
        let second = try decimal(at: offset + 8, of: element)
        guard bytes[offset + 10] == UInt8(ascii: "Z"), hour < 24, minute < 60, second < 60,
            let days = CalendarDays.sinceEpoch(year: year, month: month, day: day)
        else { throw DERFailure(.timeInvalid, at: element.start) }
        return UnixSeconds(Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second))
    }

    private func decimal(at offset: Int, of element: DERElement) throws(DERFailure) -> Int {
        let tens = bytes[offset] &- UInt8(ascii: "0")
        let ones = bytes[offset + 1] &- UInt8(ascii: "0")
        guard tens < 10, ones < 10 else { throw DERFailure(.timeInvalid, at: element.start) }
        return Int(tens) * 10 + Int(ones)
    }
}

/// Days of the proleptic Gregorian calendar, without a clock or a time zone.
enum CalendarDays {
    /// Days from 1970-01-01; nil when the month has no such day. Years run from March in the sum, so that the leap day is
    /// the last of its year.
    static func sinceEpoch(year: Int, month: Int, day: Int) -> Int? {
        guard (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year) else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
