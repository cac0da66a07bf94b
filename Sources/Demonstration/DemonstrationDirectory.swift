import Foundation

/// The demonstration's files, in a temporary directory that nobody else may read and that is removed at the end.
final class DemonstrationDirectory: Sendable {
    let path: String

    init() throws(DemonstrationFailure) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/pulsegate-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .noTemporaryDirectory(parent: parent, errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Nothing may read or write there any more.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    deinit { remove() }
}
