import DERTesting
import FuzzProperties
import Testing
import X509

@Suite("PEM") struct PEMTests {
    private static func blocks(_ text: String) throws -> [PEM.Block] { try PEM.blocks(in: Array(text.utf8)) }
    private static func block(_ body: String, _ label: String = "CERTIFICATE") -> String {
        "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
    }

    @Test(
        "decodes base64 of every remainder, in lines of any length and with either line end",
        arguments: [
            ("TQ==", "M"), ("TWE=", "Ma"), ("TWFu", "Man"), ("TWFuTQ==", "ManM"), ("TW\nFu", "Man"), ("TWFu\r\nTWFu\r", "ManMan"),
            ("TWFu  \n\nTQ==", "ManM"), ("T\nQ\n=\n=", "M"),
        ])
    func base64(body: String, expected: String) throws {
        #expect(try Self.blocks(Self.block(body)).map(\.contents) == [Array(expected.utf8)])
    }

    @Test(
        "refuses what is not base64, and names the line",
        arguments: [
            ("TQ=", PEMFailure.Reason.malformedBase64, 3), ("TQ", .malformedBase64, 3), ("T", .malformedBase64, 3),
            ("TQ==TQ==", .malformedBase64, 2),
            ("TQ===", .malformedBase64, 2), ("=", .malformedBase64, 2), ("T===", .malformedBase64, 2),
            ("TR==", .malformedBase64, 3),
            ("TWF=", .malformedBase64, 3), ("TWF u", .malformedBase64, 2), ("TW-_", .malformedBase64, 2),
            ("TWFu\nTQ*=", .malformedBase64, 3),
            ("TWFué", .malformedBase64, 2), ("", .empty, 1),
        ] as [(String, PEMFailure.Reason, Int)])
    func malformedBase64(body: String, reason: PEMFailure.Reason, line: Int) {
        let failure = #expect(throws: PEMFailure.self) { try Self.blocks(Self.block(body)) }
        #expect(failure?.reason == reason && failure?.line == line)
    }

    @Test(
        "refuses blocks that do not close as they open",
        arguments: [
            ("-----BEGIN A-----\nTWFu\n", PEMFailure.Reason.missingEnd, 1),
            ("x\n-----BEGIN A-----\nTWFu\n-----END B-----\n", .labelMismatch, 4),
            ("-----BEGIN A-----\nTWFu\n-----BEGIN A-----\nTWFu\n-----END A-----\n", .missingEnd, 1),
            ("-----BEGIN A\nTWFu\n-----END A-----\n", .malformedBoundary, 1),
            ("-----BEGIN -----\nTWFu\n-----END -----\n", .malformedBoundary, 1),
            ("-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n-----END A-----\n", .missingEnd, 1),
        ] as [(String, PEMFailure.Reason, Int)])
    func boundaries(text: String, reason: PEMFailure.Reason, line: Int) {
        let failure = #expect(throws: PEMFailure.self) { try Self.blocks(text) }
        #expect(failure?.reason == reason && failure?.line == line)
    }

    @Test("passes over text around the blocks and over the headers of an encrypted key")
    func surroundings() throws {
        let key =
            Self.block("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nTWFu", "RSA PRIVATE KEY")
        let text = "subject=CN = a\n" + Self.block("TQ==") + "between\n" + key + Self.block("TWE=", "X509 CRL") + "after"
        let blocks = try Self.blocks(text)
        #expect(blocks.map(\.label) == ["CERTIFICATE", "RSA PRIVATE KEY", "X509 CRL"])
        #expect(blocks.map(\.line) == [2, 6, 12])
        #expect(try PEM.objects(.certificates, in: Array(text.utf8)) == [Array("M".utf8)])
        #expect(try PEM.objects(.revocationLists, in: Array(text.utf8)) == [Array("Ma".utf8)])
    }

    @Test("gives every list of a file, not only the first")
    func everyObject() throws {
        let text = Self.block("TQ==", "X509 CRL") + Self.block("TWE=", "X509 CRL") + Self.block("TQ==", "X509 CRL")
        #expect(try PEM.objects(.revocationLists, in: Array(text.utf8)).map(\.count) == [1, 2, 1])
    }

    @Test(
        "is told from DER, whatever text comes first",
        arguments: [
            (Array(block("TQ==").utf8), true), (Array(("0 is how this text begins\n" + block("TQ==")).utf8), true),
            (SampleCertificate().der, false), ([], false), (Array("-----BEGIN".utf8), false),
            (Array("no blocks at all\n".utf8), false),
            ([0x30, 0x82] + Array(("\n" + block("TQ==")).utf8), false),
        ] as [([UInt8], Bool)])
    func sniffing(file: [UInt8], isPEM: Bool) throws {
        #expect(PEM.isPEM(file) == isPEM)
        if !isPEM { #expect(try PEM.objects(.certificates, in: file) == (file.isEmpty ? [] : [file])) }
    }

    // MARK: In pieces

    @Test(
        "says in pieces of any size what it says line by line",
        arguments: [
            block("TWFu\r\nTWFu\r"), "a\n\n" + block("TQ==") + "-----END A-----\n" + block("TWE=", "X509 CRL") + "after",
            "-----BEGIN A-----\nTWFu\n-----END A-----", block("Proc-Type: 4,ENCRYPTED\nDEK-Info: a\n\nTWFu\nTQ=="),
            "-----BEGIN A-----\nTW Fu\n-----END A-----\n", "-----BEGIN \n", "-----BEGIN A-----\n:\n\n\n", block("T\nQ\n=\n="),
            block("TQ=\n"), block(" \t\r"), "\n-----BEGIN A-----\nTWFu\n-----END A-----\n-----BEGIN A-----\nTWFu\n",
        ])
    func pieces(text: String) throws {
        let octets = Array(text.utf8)
        try PEMStreamProperty.check(octets)
        for count in octets.indices { try PEMStreamProperty.check(Array(octets.prefix(count))) }
        for position in octets.indices {
            for replacement in "A=-: \n\r\u{1}".utf8 {
                var changed = octets
                changed[position] = replacement
                try PEMStreamProperty.check(changed)
            }
        }
    }

    @Test(
        "reads contents in one line of any length, with blanks behind it, and none inside it", arguments: [4_094, 4_100, 300_000])
    func longLine(count: Int) throws {
        let body = String(repeating: "TWFu", count: count / 4)
        let expected = String(repeating: "Man", count: count / 4)
        for end in ["", " \t ", "\r"] {
            #expect(try Self.blocks(Self.block(body + end)).map(\.contents) == [Array(expected.utf8)])
        }
        let broken = Self.block("TWFu\n" + body + " " + body)
        let failure = #expect(throws: PEMFailure.self) { try Self.blocks(broken) }
        #expect(failure?.reason == .malformedBase64 && failure?.line == 3)
        let text = String(repeating: "x: -----BEGIN", count: count) + "\n" + Self.block("TQ==") + body
        #expect(try Self.blocks(text).map(\.line) == [2])
    }
}
