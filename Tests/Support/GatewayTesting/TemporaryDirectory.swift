import Foundation

/// A directory of one test's own, removed with all it holds when its last owner lets go.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/pulsegate-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("mkdtemp in \(parent): \(String(cString: strerror(errno)))") }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    /// The path of a file in the directory, whether it is there or not.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file that its owner alone may read (keys stand here too) and returns its path.
    @discardableResult
    package func write(_ octets: [UInt8], to name: String) -> String {
        let path = file(name)
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(octets), attributes: [.posixPermissions: 0o600]
        )
        precondition(isWritten, "\(path) cannot be written")
        return path
    }

    @discardableResult
    package func write(_ text: String, to name: String) -> String { write(Array(text.utf8), to: name) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
