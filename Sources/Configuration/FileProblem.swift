/// What can be wrong with a file that the configuration names.
enum FileProblem: Problem {
    case fileMissing(path: String, FileRole)
    case fileUnreadable(path: String, FileRole, reason: String)
    case notAFile(path: String, FileRole)
    case keyReadableByAll(path: String, mode: UInt32)
    case keyReadableByGroup(path: String, mode: UInt32)

    var severity: Finding.Severity {
        switch self {
        case .fileMissing, .fileUnreadable, .notAFile, .keyReadableByAll: .error
        case .keyReadableByGroup: .warning
        }
    }

    var sentence: String {
        switch self {
        case .fileMissing(let path, let role): "no file '\(path)', expected \(role.rawValue)"
        case .fileUnreadable(let path, let role, let reason): "'\(path)' cannot be read (\(reason)), expected \(role.rawValue)"
        case .notAFile(let path, let role): "'\(path)' is not a file, expected \(role.rawValue)"
        case .keyReadableByAll(let path, let mode):
            "private key '\(path)' can be read by everybody (mode \(Self.octal(mode))), expected 0600"
        case .keyReadableByGroup(let path, let mode):
            "private key '\(path)' can be read by its group (mode \(Self.octal(mode))), expected 0600"
        }
    }

    private static func octal(_ mode: UInt32) -> String { "0" + String(mode & 0o777, radix: 8) }
}
