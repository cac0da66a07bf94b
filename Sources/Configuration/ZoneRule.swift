import PKITypes
import VerificationCore

/// When clocks change in any year, in the words of POSIX's `TZ` (RFC 9636 §3.3): `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable {
    /// Seconds ahead of UTC.
    let standard: Int64
    private let summer: (offset: Int64, from: Day, until: Day)?

    /// A day of the year, and the second of that day by the clock that is about to change.
    private struct Day {
        enum Date {
            /// Of a month; weekday 0 is Sunday, week 5 the last one.
            case weekday(month: Int, week: Int, day: Int)
            /// From 1; the 29th of February is never counted.
            case julian(Int)
            /// From 0.
            case ordinal(Int)
        }

        let date: Date
        let second: Int64

        func moment(in year: Int, offset: Int64) -> UnixSeconds {
            let start = UnixSeconds.start(of: year)
            let isLeap = UnixSeconds.start(of: year + 1) - start == 366 * 86_400
            let day: Int
            switch date {
            case .ordinal(let number): day = number
            case .julian(let number): day = number - 1 + (isLeap && number >= 60 ? 1 : 0)
            case .weekday(let month, let week, let weekday):
                let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
                let before = lengths[..<(month - 1)].reduce(0, +)
                // 1970-01-01 was a Thursday.
                let first = (Int(start.rawValue / 86_400) + before + 4) % 7
                let earliest = (weekday - first + 7) % 7 + (week - 1) * 7
                day = before + (earliest < lengths[month - 1] ? earliest : earliest - 7)
            }
            return start + (Int64(day) * 86_400 + second - offset)
        }
    }

    /// Nil where the text is no such rule.
    init?(_ text: String) {
        var words = Words(rest: text[...])
        guard words.name(), let standard = words.seconds(hours: 0...24) else { return nil }
        self.standard = -standard
        guard !words.rest.isEmpty else {
            summer = nil
            return
        }
        guard words.name() else { return nil }
        var ahead = self.standard + 3600
        if words.rest.first != "," {
            guard let offset = words.seconds(hours: 0...24) else { return nil }
            ahead = -offset
        }
        guard let from = Self.day(&words), let until = Self.day(&words), words.rest.isEmpty else { return nil }
        summer = (ahead, from, until)
    }

    /// Both changes of a year, in their order; none where clocks stay.
    func changes(in year: Int) -> [ZoneOffsets.Change] {
        guard let summer else { return [] }
        return [
            ZoneOffsets.Change(moment: summer.from.moment(in: year, offset: standard), offset: summer.offset),
            ZoneOffsets.Change(moment: summer.until.moment(in: year, offset: summer.offset), offset: standard),
        ].sorted { $0.moment < $1.moment }
    }

    private static func day(_ words: inout Words) -> Day? {
        guard words.skip(","), let date = date(&words) else { return nil }
        guard words.skip("/") else { return Day(date: date, second: 7200) }
        // A change at another day's hour is written as one of more than 24 hours, or of fewer than none.
        return words.seconds(hours: 0...167).map { Day(date: date, second: $0) }
    }

    private static func date(_ words: inout Words) -> Day.Date? {
        if words.skip("J") { return words.number(in: 1...365).map { .julian($0) } }
        guard words.skip("M") else { return words.number(in: 0...365).map { .ordinal($0) } }
        guard let month = words.number(in: 1...12), words.skip("."), let week = words.number(in: 1...5), words.skip("."),
            let day = words.number(in: 0...6)
        else { return nil }
        return .weekday(month: month, week: week, day: day)
    }
}

/// The parts of a rule, taken from its front.
private struct Words {
    var rest: Substring

    mutating func skip(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// Of a time: letters, or anything in angle brackets.
    mutating func name() -> Bool {
        if skip("<") {
            guard let end = rest.firstIndex(of: ">") else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let letters = rest.prefix { $0.isASCII && $0.isLetter }
        rest = rest[letters.endIndex...]
        return letters.count >= 3
    }

    mutating func number(in range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), range.contains(number) else { return nil }
        rest = rest[digits.endIndex...]
        return number
    }

    /// `[+-]hh[:mm[:ss]]`.
    mutating func seconds(hours: ClosedRange<Int>) -> Int64? {
        let sign: Int64 = skip("-") ? -1 : 1
        if sign == 1 { _ = skip("+") }
        guard var total = number(in: hours).map({ Int64($0) * 3600 }) else { return nil }
        for unit in [60, 1] as [Int64] where skip(":") {
            guard let part = number(in: 0...59) else { return nil }
            total += Int64(part) * unit
        }
        return sign * total
    }
}

extension UnixSeconds {
    /// Of the Gregorian calendar; not before 1970.
    static func start(of year: Int) -> Self {
        let before = year - 1
        // 719,162 days lie between 0001-01-01 and 1970-01-01.
        return Self(Int64(before * 365 + before / 4 - before / 100 + before / 400 - 719_162) * 86_400)
    }
}
