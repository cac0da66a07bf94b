import VerificationCore

/// What can be wrong with keys and values, alone and against each other.
enum ValueProblem: Problem {
    case unknownKey(String, path: String, nearest: String?, valid: [String])
    case missingKey(ConfigurationKey, path: String)
    case laterKey(path: String)
    case laterValue(path: String, found: String, expected: String)
    case unexpected(path: String, found: String, expected: String)
    case emptyList(path: String, key: ConfigurationKey)
    case badPattern(path: String, found: String, IdentityPattern.Failure)
    case badHours(path: String, found: String, WeeklyHours.Failure)
    case unknownZone(path: String, name: String)
    case badRequirement(path: String, found: String, PostureRequirement.Failure)
    case bitsBeyondPrefix(path: String, found: String)
    case durationWithoutUnit(path: String, found: String, expected: String)
    case addressNeedsBrackets(path: String, found: String)
    case socketPathTooLong(path: String, bytes: Int)
    case badName(String, Section)
    case unknownReference(path: String, name: String, Section, nearest: String?, declared: [String])
    case repeated(what: String, name: String, firstLine: Int)
    case vouchesForNeeded(anchor: String, listener: String)
    case warnsAfterRefusing(path: String)
    case oneOf(path: String, String, String)

    var severity: Finding.Severity { .error }

    var sentence: String {
        switch self {
        case .unknownKey(let key, let path, let nearest, let valid):
            "unknown key \(FindingText.quoted(key))\(Self.inside(path)), "
                + (nearest.map { "did you mean '\($0)'?" } ?? "expected one of \(FindingText.listed(valid))")
        case .missingKey(let key, let path):
            "key '\(key.name)' is missing\(Self.inside(path)), expected `\(key.sample)` (\(key.summary))"
        case .laterKey(let path): "\(path) is not available in this version"
        case .laterValue(let path, let found, let expected):
            "\(path): \(found) is not available in this version, expected \(expected)"
        case .unexpected(let path, let found, let expected):
            "\(path.isEmpty ? "the file" : path) is \(found), expected \(expected)"
        case .emptyList(let path, let key): "\(path) is an empty list, expected at least one entry, as in `\(key.sample)`"
        case .badPattern(let path, let found, let failure): "\(path) is \(found), expected \(Self.expectation(failure))"
        case .badHours(let path, let found, let failure): "\(path) is \(found), expected \(Self.expectation(failure))"
        case .unknownZone(let path, let name):
            "\(path) names the time zone \(FindingText.quoted(name)), expected one that this machine knows, such as Europe/Berlin"
        case .badRequirement(let path, _, .badName):
            "\(path) names no attribute, expected a lower-case letter, then lower-case letters, digits, '_', '.' and '-'"
        case .badRequirement(let path, let found, .noValue): "\(path) is \(found), expected a value"
        case .badRequirement(let path, let found, .noVersion):
            "\(path) is \(found), expected a version that begins with a digit: nothing else has an order"
        case .bitsBeyondPrefix(let path, let found):
            "\(path) is \(found), expected a network without address bits beyond the prefix, such as 10.20.0.0/16"
        case .durationWithoutUnit(let path, let found, let expected):
            "\(path) is \(found), expected \(expected), written as a whole number with s, m, h or d"
        case .addressNeedsBrackets(let path, let found):
            "\(path) is \(found), expected brackets around an IPv6 address, as in [::1]:8883"
        case .socketPathTooLong(let path, let bytes):
            "\(path) names a socket path of \(bytes) bytes, expected at most \(ConfigurationLimits.mostSocketPathBytes)"
        case .badName(let name, let section):
            "\(section.noun) \(FindingText.quoted(name)), expected \(ValueKind.name.expectation)"
        case .unknownReference(let path, let name, let section, let nearest, let declared):
            "\(path) names \(FindingText.quoted(name)), which is no \(section.noun); "
                + (nearest.map { "did you mean '\($0)'?" }
                    ?? "expected \(declared.isEmpty ? "one declared under \(section.rawValue)" : FindingText.listed(declared))")
        case .repeated(let what, let name, let line):
            "\(what) \(FindingText.quoted(name)) again, already on line \(line), expected each once"
        case .vouchesForNeeded(let anchor, let listener):
            "trust anchor '\(anchor)' has no vouches_for, expected one: listener '\(listener)' trusts several anchors, "
                + "and each could speak for the devices of the others"
        case .oneOf(let path, let one, let other): "\(path) has both or neither of \(one) and \(other), expected one of them"
        case .warnsAfterRefusing(let path): "\(path).warn is not below \(path).refuse, expected a warning before the refusal"
        }
    }

    private static func expectation(_ failure: IdentityPattern.Failure) -> String {
        switch failure {
        case .empty: "a pattern"
        case .unbalancedBrace(let offset): "balanced braces (character \(offset + 1))"
        case .badCaptureName(let offset): "a name of letters, digits, '_' and '-' between the braces (character \(offset + 1))"
        case .duplicateCapture(let name): "{\(name)} once"
        case .wildcardNotAWholeSegment(let offset):
            "wildcards that stand for whole segments between ':' and '/' (character \(offset + 1))"
        case .restNotAtTheEnd(let offset): "** only at the end (character \(offset + 1))"
        }
    }

    private static func expectation(_ failure: WeeklyHours.Failure) -> String {
        switch failure {
        case .unreadable(let part): "days and hours such as Mon-Fri 07:00-19:00 instead of \(FindingText.quoted(part))"
        case .endsAsItBegins(let hours): "00:00-24:00 for a whole day instead of \(FindingText.quoted(hours))"
        case .severalZones(let one, let other): "one time zone instead of \(one) and \(other)"
        }
    }

    private static func inside(_ path: String) -> String { path.isEmpty ? "" : " in \(path)" }
}
