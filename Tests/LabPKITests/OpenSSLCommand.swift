import Foundation
import LabPKI

/// The `openssl` command on files of one test's own: the second opinion on what the laboratory wrote.
final class OpenSSLCommand: Sendable {
    let directory: String

    /// How names are written; its releases differ in what they do when nothing is said.
    private static let names = ["-nameopt", "oneline"]

    init() throws {
        directory = NSTemporaryDirectory() + "pulsegate-lab-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func file(_ name: String) -> String { directory + "/" + name }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try LabFile.write(text, to: file(name), readers: .everyone)
        return file(name)
    }

    /// The exit code and what the command wrote on either stream.
    func run(_ arguments: [String]) throws -> (code: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let octets = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: octets, as: UTF8.self))
    }

    /// What `openssl x509 -text` says of a certificate.
    func text(_ certificate: LabCertificate) throws -> String {
        let path = try write(try certificate.pem(), to: "text-\(certificate.serialText).pem")
        return try run(["x509", "-in", path, "-noout", "-text"] + Self.names).text
    }

    /// What `openssl crl -text` says of a list.
    func text(_ list: LabRevocationList) throws -> String {
        let path = try write(try list.pem(), to: "list-\(UUID().uuidString).pem")
        return try run(["crl", "-in", path, "-noout", "-text"] + Self.names).text
    }

    /// `openssl verify` of a certificate with the intermediates it carries; with lists, every certificate is checked.
    func verify(
        _ certificate: LabCertificate, trusting root: LabCertificateAuthority, lists: [LabRevocationList] = [],
        options: [String] = []
    ) throws -> (code: Int32, text: String) {
        let id = UUID().uuidString
        var arguments = ["verify", "-CAfile", try write(try root.certificate.pem(), to: "\(id)-root.pem")]
        if !certificate.intermediates.isEmpty {
            arguments += ["-untrusted", try write(try certificate.chainPEM(), to: "\(id)-chain.pem")]
        }
        if !lists.isEmpty {
            let text = try lists.map { try $0.pem() }.joined()
            arguments += ["-crl_check_all", "-CRLfile", try write(text, to: "\(id)-lists.pem")]
        }
        return try run(arguments + options + [try write(try certificate.pem(), to: "\(id)-leaf.pem")])
    }
}
