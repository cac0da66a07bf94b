import Foundation

/// The `openssl` command in a directory of its own: another implementation to be measured against. The directory goes with it.
package final class OpenSSLCommand: Sendable {
    package struct Failure: Error {
        let arguments: [String]
        let code: Int32
    }

    private let directory: URL

    package init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("pulsegate-openssl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// What the command says, which has to succeed.
    @discardableResult
    package func run(_ arguments: String...) throws -> String { try run(list: arguments) }

    @discardableResult
    package func run(list arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = directory
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments, code: process.terminationStatus) }
        return text
    }

    package func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: directory.appendingPathComponent(name))
    }

    package func octets(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: directory.appendingPathComponent(name)))
    }
}
