import DER
import Foundation
import FuzzProperties
import RandomTesting
import RevocationLists
import Testing
import X509

/// Our readers and OpenSSL's on the same octets: NIST's suite, the fuzzing corpora, and neighbours of both with an octet changed.
///
/// What both read, they read alike. Where only one reads, the table of differences says why.
@Suite("Readers of certificates and lists")
struct ReaderAgreementTests {
    enum Kind: String, CaseIterable, Sendable { case certificate, list }

    struct Differences: Decodable {
        struct Difference: Decodable {
            /// The case of `DERFailure.Reason`, or OpenSSL's words.
            let id: String
            let reason: String
        }

        /// OpenSSL reads it and we refuse.
        let stricter: [Difference]
        /// We read it and OpenSSL refuses.
        let looser: [Difference]
    }

    private static let differences: Differences = PKITSCase.fixture("reader-differences.json")
    private static let stricter = Set(differences.stricter.map(\.id))
    private static let looser = Set(differences.looser.map(\.id))

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func files(_ kind: Kind) -> [(name: String, octets: [UInt8])] {
        let folders =
            kind == .certificate
            ? [".build/pkits/cryptography_vectors/x509/PKITS_data/certs", "Tests/FuzzTests/Corpora/certificate"]
            : [".build/pkits/cryptography_vectors/x509/PKITS_data/crls", "Tests/FuzzTests/Corpora/revocation-list"]
        return folders.flatMap { folder -> [(String, [UInt8])] in
            let directory = root.appendingPathComponent(folder)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
            return names.sorted().compactMap { name in
                (try? Data(contentsOf: directory.appendingPathComponent(name))).map { (name, Array($0)) }
            }
        }
    }

    @Test("agree on every file and on its neighbours", arguments: Kind.allCases)
    func agree(kind: Kind) throws {
        let files = Self.files(kind)
        try #require(files.count > 150, "the suites are missing: `make test` downloads them")
        var readByBoth = 0
        for (name, octets) in files {
            // Of its own for each file, so that a new one changes nothing for the others.
            var random = SplitMix64(seed: name.utf8.reduce(5280) { $0 &* 31 &+ UInt64($1) })
            if Self.compare(kind, octets, name) { readByBoth += 1 }
            for _ in 0..<24 where !octets.isEmpty {
                var changed = octets
                let position = random.below(octets.count)
                changed[position] = random.isOne(of: 2) ? octets[position] ^ (1 << random.below(8)) : UInt8(random.below(256))
                if Self.compare(kind, changed, "\(name), octet \(position) set to \(changed[position])") { readByBoth += 1 }
            }
        }
        #expect(readByBoth > 1_000, "\(readByBoth)")
    }

    /// Whether both read it.
    private static func compare(_ kind: Kind, _ octets: [UInt8], _ name: String) -> Bool {
        let ours = Result { () throws(DERFailure) in try kind == .certificate ? certificate(octets) : list(octets) }
        let theirs = Result { () throws(OpenSSLReader.Refusal) in
            try kind == .certificate ? OpenSSLReader.certificate(octets) : OpenSSLReader.list(octets)
        }
        switch (ours, theirs) {
        case (.success(let ours), .success(let theirs)):
            #expect(ours == theirs, "\(name)")
            return true
        case (.failure(let failure), .success):
            #expect(stricter.contains(identifier(of: failure.reason)), "\(name): we refuse, \(failure)")
        case (.success, .failure(let refusal)):
            #expect(looser.contains(refusal.text), "\(name): OpenSSL refuses, \(refusal.text)")
        case (.failure, .failure): break
        }
        return false
    }

    private static func identifier(of reason: DERFailure.Reason) -> String { String("\(reason)".prefix { $0 != "(" }) }

    private static func certificate(_ octets: [UInt8]) throws(DERFailure) -> ReadFacts {
        let read = try Certificate(der: octets)
        return ReadFacts(
            serials: [read.serial.octets], issuer: Array(octets[read.issuerRange]), begins: read.validity.notBefore.rawValue,
            ends: read.validity.notAfter.rawValue
        )
    }

    private static func list(_ octets: [UInt8]) throws(DERFailure) -> ReadFacts {
        let read = try CertificateRevocationList(der: octets)
        let entries = read.entries + read.entriesOfOthers.values.flatMap { $0 }
        return ReadFacts(
            serials: Set(entries.map(\.serial.octets)), issuer: Array(octets[read.issuerRange]), begins: read.thisUpdate.rawValue,
            ends: read.nextUpdate?.rawValue
        )
    }

    @Test("our reader of lists says of every file and its neighbours, in pieces, what they say whole")
    func pieces() throws {
        for (name, octets) in Self.files(.list) {
            #expect(throws: Never.self, "\(name)") { try ListStreamProperty.check(octets) }
            var random = SplitMix64(seed: name.utf8.reduce(5281) { $0 &* 31 &+ UInt64($1) })
            for _ in 0..<12 where !octets.isEmpty {
                var changed = octets
                for _ in 0..<(1 + random.below(3)) { changed[random.below(octets.count)] = UInt8(random.below(256)) }
                let size = 1 + random.below(octets.count)
                #expect(throws: Never.self, "\(name) as \(changed)") {
                    try ListStreamProperty.check(changed, inPiecesOf: { size }, ListStreamProperty.whole(changed))
                }
            }
        }
    }

    @Test("every difference has a reason")
    func differencesAreExplained() {
        let all = Self.differences.stricter + Self.differences.looser
        #expect(Set(all.map(\.id)).count == all.count)
        for difference in all { #expect(difference.reason.count > 20, "\(difference.id)") }
    }
}
