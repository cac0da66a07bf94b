import PKITypes

/// Hours of the week as `between` writes them, such as `Mon-Fri 07:00-19:00; Sat 08:00-12:00 Europe/Berlin`, and whether a
/// device's own granted windows count beside them (`granted`).
///
/// They are those of the clock on the wall: an hour that a change of that clock leaves out is not there, one that it repeats
/// counts twice.
package struct WeeklyHours: Hashable, Sendable {
    package enum Failure: Error, Hashable {
        case unreadable(String)
        case endsAsItBegins(String)
        case severalZones(String, String)
    }

    /// Strict first.
    package enum Grants: Sendable { case ignored, counted }

    package let text: String
    /// Nil: the machine's.
    package let zoneName: String?
    package let grants: Grants
    /// Seconds since Monday 00:00, ascending; no two touch.
    private let open: [Range<Int64>]

    package init(_ text: String) throws(Failure) {
        self.text = text
        var (zone, grants, ranges): (String?, Grants, [Range<Int64>]) = (nil, .ignored, [])
        for part in text.split(separator: ";", omittingEmptySubsequences: false) {
            var words = part.split(separator: " ")[...]
            if words.first == "granted" {
                grants = .counted
                words.removeFirst()
            } else {
                let days = words.first.flatMap(Self.days)
                if days != nil { words.removeFirst() }
                guard let word = words.popFirst(), let hours = Self.hours(word) else { throw .unreadable(String(part)) }
                guard hours.from != hours.to else { throw .endsAsItBegins(String(word)) }
                ranges += (days ?? Array(0..<7)).flatMap { Self.ranges(day: $0, hours) }
            }
            if let name = words.popFirst() {
                if let zone, zone != name { throw .severalZones(zone, String(name)) }
                zone = String(name)
            }
            guard words.isEmpty else { throw .unreadable(String(part)) }
        }
        (zoneName, self.grants, open) = (zone, grants, Self.merged(ranges))
    }

    /// The last second, from `now` on, until which they are open without a break; nil: they are closed now. Never too late,
    /// and maybe too early: whoever asks again then learns of the rest.
    func lastOpenSecond(at now: UnixSeconds, in zone: ZoneOffsets) -> UnixSeconds? {
        // 1970-01-01 was a Thursday.
        let second = Self.remainder(now.rawValue + zone.offset(at: now) + 3 * Self.day, Self.week)
        guard let range = open.first(where: { $0.contains(second) }) else { return nil }
        let end = now + (range.upperBound - second - 1)
        guard let change = zone.nextChange(after: now) else { return end }
        return min(end, change + -1)
    }

    private static let day: Int64 = 86_400
    private static let week: Int64 = 7 * day
    private static let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    private static func remainder(_ number: Int64, _ divisor: Int64) -> Int64 {
        let remainder = number % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }

    /// `Mon-Fri`, `Mon,Wed`, `Sat-Mon`.
    private static func days(_ word: Substring) -> [Int]? {
        var days: [Int] = []
        for item in word.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = item.split(separator: "-", omittingEmptySubsequences: false).map { name in
                names.firstIndex { $0 == name }
            }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else { return nil }
            days += (0...((last - first + 7) % 7)).map { (first + $0) % 7 }
        }
        return days
    }

    /// `07:00-19:00`, in seconds of the day; over midnight the end is the smaller one.
    private static func hours(_ word: Substring) -> (from: Int64, to: Int64)? {
        let times = word.split(separator: "-", omittingEmptySubsequences: false).map(seconds)
        guard times.count == 2, let from = times[0], let to = times[1], from < day else { return nil }
        return (from, to)
    }

    private static func seconds(_ text: Substring) -> Int64? {
        let octets = Array(text.utf8)
        guard octets.count == 5, octets[2] == UInt8(ascii: ":") else { return nil }
        let digits = [0, 1, 3, 4].map { Int64(octets[$0]) - 48 }
        guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        guard minute < 60, hour < 24 || (hour == 24 && minute == 0) else { return nil }
        return hour * 3600 + minute * 60
    }

    /// Over midnight it belongs to the day on which it begins.
    private static func ranges(day number: Int, _ hours: (from: Int64, to: Int64)) -> [Range<Int64>] {
        let start = Int64(number) * day + hours.from
        let end = Int64(number) * day + hours.to + (hours.to < hours.from ? day : 0)
        return end <= week ? [start..<end] : [start..<week, 0..<(end - week)]
    }

    private static func merged(_ ranges: [Range<Int64>]) -> [Range<Int64>] {
        var merged: [Range<Int64>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

/// When devices may be connected by a policy: hours, with the zone that they are of.
package struct AccessHours: Hashable, Sendable {
    package let hours: WeeklyHours
    private let zone: ZoneOffsets

    package init(_ hours: WeeklyHours, in zone: ZoneOffsets) {
        self.hours = hours
        self.zone = zone
    }

    /// The last second for which it is sure that they are open from now on; nil: they are closed.
    ///
    /// - Parameter granted: to the device.
    package func lastOpenSecond(at now: UnixSeconds, granted: [Validity]) -> UnixSeconds? {
        var last = hours.lastOpenSecond(at: now, in: zone)
        guard hours.grants == .counted else { return last }
        for window in granted where window.contains(now) { last = max(last ?? window.notAfter, window.notAfter) }
        return last
    }
}
