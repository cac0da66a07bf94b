import Foundation

/// The certificates and lists of PKITS as the PyPI package `cryptography-vectors` carries them, in PEM.
struct PKITSFiles: Sendable {
    /// 2011-04-15T00:00:00Z, within the validity of everything that is meant to be valid.
    static let moment = 1_302_825_600

    struct Absent: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path) cannot be read; `make test` (or `make .build/pkits`) downloads and unpacks it" }
    }

    private let certificates: [String: String]
    private let lists: [String: String]

    /// Read once for all tests; the failure, too, is kept for each of them to report.
    static let shared = Result { try PKITSFiles() }

    private init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data = root.appendingPathComponent(".build/pkits/cryptography_vectors/x509/PKITS_data")
        certificates = try Self.read(data.appendingPathComponent("certs"), suffix: ".crt", label: "CERTIFICATE")
        lists = try Self.read(data.appendingPathComponent("crls"), suffix: ".crl", label: "X509 CRL")
    }

    func certificate(_ name: String) throws -> String {
        guard let text = certificates[name] else { throw Absent(path: "\(name).crt") }
        return text
    }

    func list(_ name: String) throws -> String {
        guard let text = lists[name] else { throw Absent(path: "\(name).crl") }
        return text
    }

    /// Everything but the leaves, whose names end in EE.
    var allAuthorities: [String] { certificates.filter { !$0.key.hasSuffix("EE") }.map(\.value) }
    var allLists: [String] { Array(lists.values) }

    private static func read(_ directory: URL, suffix: String, label: String) throws -> [String: String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(suffix) }
        guard let names, !names.isEmpty else { throw Absent(path: directory.path) }
        var texts: [String: String] = [:]
        for name in names {
            let base64 = try Data(contentsOf: directory.appendingPathComponent(name)).base64EncodedString(
                options: .lineLength64Characters)
            texts[String(name.dropLast(suffix.count))] = "-----BEGIN \(label)-----\n\(base64)\n-----END \(label)-----\n"
        }
        return texts
    }
}
