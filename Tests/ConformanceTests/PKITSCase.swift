import Foundation
import OfflineVerification
import Testing

/// One check of the NIST Public Key Interoperability Test Suite.
struct PKITSCase: Decodable, Sendable, CustomTestStringConvertible {
    let test: String
    let title: String
    let valid: Bool
    /// Trust anchor, intermediates, leaf.
    let path: [String]
    let crls: [String]
    let initial: [String]?
    let explicit: Bool?
    let inhibit_mapping: Bool?
    let inhibit_any: Bool?

    var section: String { test.split(separator: ".").prefix(2).joined(separator: ".") }
    var testDescription: String { "\(test) \(title)" }

    static let all: [PKITSCase] = fixture("pkits-expected.json")

    static func fixture<Value: Decodable>(_ name: String) -> Value {
        guard let file = Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil),
            let data = try? Data(contentsOf: file),
            let value = try? JSONDecoder().decode(Value.self, from: data)
        else { preconditionFailure("the fixture \(name) cannot be read") }
        return value
    }

    /// A job as batch mode reads it. `offering` replaces the intermediates and lists of the check's own.
    func job(_ suite: PKITSFiles, offering: (intermediates: [String], lists: [String])? = nil) throws -> [UInt8] {
        let own = (try path.dropFirst().dropLast().map(suite.certificate), try crls.map(suite.list))
        let (intermediates, lists) = offering ?? own
        let job: [String: Any] = [
            "id": test, "trust_anchors": [try suite.certificate(path[0])], "intermediates": intermediates, "crls": lists,
            "leaf": try suite.certificate(path[path.count - 1]), "at": PKITSFiles.moment, "purpose": "client",
            "require_revocation": true,
            "policy": [
                "initial": initial ?? [], "explicit": explicit ?? false, "inhibit_mapping": inhibit_mapping ?? false,
                "inhibit_any": inhibit_any ?? false,
            ] as [String: Any],
        ]
        return Array(try JSONSerialization.data(withJSONObject: job))
    }
}

/// A verdict as batch mode writes it.
struct BatchAnswer: Decodable {
    let id: String
    let decision: String
    let reason: String
    let detail: String

    init(to job: [UInt8]) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(VerificationBatch.answer(job).utf8))
    }

    var isAccepted: Bool { decision == "accept" }
}
