/// What a policy asks of one attribute of a device's posture: `4.2`, `>=4.2`, `!=beta`. An attribute that is missing meets
/// nothing, not even `!=`.
///
/// Plain text has to be the very value. An operator compares versions, segment by segment between the dots: by their leading
/// numbers, a missing segment as 0; where these are equal by what follows, which comes after the bare number
/// (4.2 < 4.2a < 4.2b), or before it behind `-` or `~` (4.2-rc1 < 4.2). Of what does not begin with a digit nothing is a version:
/// it meets no order, and is equal to the same text alone.
package struct PostureRequirement: Hashable, Sendable {
    package enum Failure: Error, Hashable { case badName, noValue, noVersion }

    private enum Comparison: String, CaseIterable, Sendable {
        // The longer first: a reader of `>=` must not stop at `>`.
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case equal = "="
        case below = "<"
        case above = ">"
    }

    package let attribute: String
    package let text: String
    private let comparison: Comparison?
    private let value: [UInt8]

    package init(_ attribute: String, _ text: String) throws(Failure) {
        guard Self.isName(attribute) else { throw .badName }
        self.attribute = attribute
        self.text = text
        comparison = Comparison.allCases.first { text.hasPrefix($0.rawValue) }
        let rest = text.dropFirst(comparison?.rawValue.count ?? 0)
        value = Array(rest.drop { $0 == " " }.utf8)
        guard let first = value.first else { throw .noValue }
        switch comparison {
        case .atMost, .atLeast, .below, .above: guard VersionText.isDigit(first) else { throw .noVersion }
        case .equal, .notEqual, nil: break
        }
    }

    /// As the registry takes names of attributes; no other could ever be met.
    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
        return text.utf8.allSatisfy { octet in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet) || VersionText.isDigit(octet) || "_.-".utf8.contains(octet)
        }
    }

    package func isMet(by posture: Posture) -> Bool { posture[attribute].map(isMet) ?? false }

    private func isMet(by found: String) -> Bool {
        let octets = found.utf8.span
        guard let comparison else { return octets.bytes.isEqual(to: value.span.bytes) }
        let order = VersionText.order(octets, value.span)
        switch comparison {
        case .equal: return order.map { $0 == 0 } ?? octets.bytes.isEqual(to: value.span.bytes)
        case .notEqual: return order.map { $0 != 0 } ?? !octets.bytes.isEqual(to: value.span.bytes)
        case .atMost: return order.map { $0 <= 0 } ?? false
        case .atLeast: return order.map { $0 >= 0 } ?? false
        case .below: return order.map { $0 < 0 } ?? false
        case .above: return order.map { $0 > 0 } ?? false
        }
    }
}

/// The order of versions such as `4.10.2`.
private enum VersionText {
    static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }

    /// Below 0: the left one comes first. Nil: one of them is no version.
    static func order(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int? {
        guard isVersion(left), isVersion(right) else { return nil }
        var (leftStart, rightStart) = (0, 0)
        while leftStart < left.count || rightStart < right.count {
            let (leftEnd, rightEnd) = (segmentEnd(left, leftStart), segmentEnd(right, rightStart))
            let order = order(left, leftStart..<leftEnd, right, rightStart..<rightEnd)
            if order != 0 { return order }
            (leftStart, rightStart) = (min(leftEnd + 1, left.count), min(rightEnd + 1, right.count))
        }
        return 0
    }

    /// Every segment begins with a digit.
    private static func isVersion(_ text: Span<UInt8>) -> Bool {
        var start = 0
        repeat {
            guard start < text.count, isDigit(text[start]) else { return false }
            start = segmentEnd(text, start) + 1
        } while start <= text.count
        return true
    }

    private static func segmentEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
        var end = start
        while end < text.count, text[end] != UInt8(ascii: ".") { end += 1 }
        return end
    }

    private static func order(
        _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
    ) -> Int {
        let (leftNumber, rightNumber) = (number(left, leftRange), number(right, rightRange))
        // Without leading zeros the longer number is the larger, however long it is.
        if leftNumber.count != rightNumber.count { return leftNumber.count - rightNumber.count }
        for place in 0..<leftNumber.count {
            let (one, other) = (left[leftNumber.lowerBound + place], right[rightNumber.lowerBound + place])
            if one != other { return Int(one) - Int(other) }
        }
        return orderOfRests(
            left, leftNumber.upperBound..<leftRange.upperBound, right, rightNumber.upperBound..<rightRange.upperBound)
    }

    /// The digits that it begins with, without zeros in front.
    private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        while start < range.upperBound, text[start] == UInt8(ascii: "0") { start += 1 }
        var end = start
        while end < range.upperBound, isDigit(text[end]) { end += 1 }
        return start..<end
    }

    private static func orderOfRests(
        _ left: Span<UInt8>, _ leftRange: Range<Int>, _ right: Span<UInt8>, _ rightRange: Range<Int>
    ) -> Int {
        var place = 0
        while place < leftRange.count, place < rightRange.count {
            let (one, other) = (left[leftRange.lowerBound + place], right[rightRange.lowerBound + place])
            if one != other { return weight(one) - weight(other) }
            place += 1
        }
        let leftNext = place < leftRange.count ? weight(left[leftRange.lowerBound + place]) : 0
        let rightNext = place < rightRange.count ? weight(right[rightRange.lowerBound + place]) : 0
        return leftNext - rightNext
    }

    /// The end weighs nothing.
    private static func weight(_ octet: UInt8) -> Int {
        octet == UInt8(ascii: "-") || octet == UInt8(ascii: "~") ? Int(octet) - 256 : Int(octet) + 1
    }
}
