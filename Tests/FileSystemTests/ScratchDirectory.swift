import Foundation

/// A directory of one test's own, removed when the test lets go of it.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "pulsegate-files-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    func write(_ octets: [UInt8], to name: String) -> String {
        precondition(FileManager.default.createFile(atPath: file(name), contents: Data(octets)), "\(name) cannot be written")
        return file(name)
    }
}
