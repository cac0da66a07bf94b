/// A length of time for people: the two largest units are enough.
enum DurationText {
    static func text(_ seconds: Int64) -> String {
        if seconds < 0 { return "-" + text(seconds == .min ? .max : -seconds) }
        if seconds == .max { return "for ever" }
        let units: [(name: String, length: Int64)] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        guard let first = units.firstIndex(where: { seconds >= $0.length }) else { return "0 s" }
        let whole = "\(seconds / units[first].length) \(units[first].name)"
        guard first + 1 < units.count else { return whole }
        let rest = seconds % units[first].length / units[first + 1].length
        return rest == 0 ? whole : "\(whole) \(rest) \(units[first + 1].name)"
    }
}
