import DERTesting
import PKITypes
import PathValidation
import Testing
import X509

/// The named, dated policy about signatures and keys, for the leaf and for an authority.
@Suite("Algorithm policy bcp195-2022")
struct AlgorithmPolicyTests {
    private struct EverySignature: SignatureVerifier {
        func isSigned(_ certificate: CandidateCertificate, by issuer: CandidateCertificate) -> Bool { true }
    }

    private enum Place: CaseIterable { case leaf, intermediate, anchor }

    private static func name(_ text: String) -> [UInt8] { Encode.name([("2.5.4.3", Encode.utf8(text))]) }

    private static func refusal(_ place: Place, adjust: (inout SampleCertificate) -> Void) throws -> RefusalReason? {
        func certificate(_ here: Place, issuer: String, subject: String) throws -> Certificate {
            var sample = SampleCertificate()
            (sample.issuer, sample.subject) = (name(issuer), name(subject))
            if here != .leaf {
                sample.extensions = [Encode.extensionItem("2.5.29.19", critical: true, Encode.sequence(Encode.boolean(true)))]
            }
            if here == place { adjust(&sample) }
            return try Certificate(der: sample.der)
        }
        let anchor = try certificate(.anchor, issuer: "Root", subject: "Root")
        let issuing = try certificate(.intermediate, issuer: "Root", subject: "Issuing")
        var search = PathSearch(
            leaf: try certificate(.leaf, issuer: "Issuing", subject: "Device"), presented: [issuing],
            pool: CertificatePool(anchors: [anchor], intermediates: []), policy: PathPolicy(maximumDepth: 5),
            at: UnixSeconds(1_780_000_000), verifier: EverySignature()
        )
        do throws(PathFault) {
            _ = try search.next()
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("has a name with its date, and is what a path is judged by unless another is chosen")
    func named() {
        #expect(AlgorithmPolicy.bcp195_2022.name == "bcp195-2022")
        #expect(PathPolicy(maximumDepth: 1).algorithms == .bcp195_2022)
    }

    private static func pss(_ hash: String?) -> [UInt8] {
        let hash = hash.map { Encode.explicit(0, Encode.sequence(Encode.oid($0), Encode.null)) } ?? []
        return Encode.sequence(Encode.oid("1.2.840.113549.1.1.10"), Encode.sequence(hash))
    }

    private static func algorithm(_ identifier: String) -> [UInt8] { Encode.sequence(Encode.oid(identifier), Encode.null) }

    static let signatures: [(String, [UInt8], isStrong: Bool)] = [
        ("MD2 with RSA", algorithm("1.2.840.113549.1.1.2"), false), ("MD5 with RSA", algorithm("1.2.840.113549.1.1.4"), false),
        ("SHA-1 with RSA", algorithm("1.2.840.113549.1.1.5"), false),
        ("SHA-224 with RSA", algorithm("1.2.840.113549.1.1.14"), false),
        ("SHA-256 with RSA", algorithm("1.2.840.113549.1.1.11"), true),
        ("SHA-384 with RSA", algorithm("1.2.840.113549.1.1.12"), true),
        ("SHA-512 with RSA", algorithm("1.2.840.113549.1.1.13"), true), ("PSS, SHA-1 unsaid", pss(nil), false),
        ("PSS, SHA-1", pss("1.3.14.3.2.26"), false), ("PSS, SHA-256", pss("2.16.840.1.101.3.4.2.1"), true),
        ("PSS without parameters", Encode.sequence(Encode.oid("1.2.840.113549.1.1.10")), false),
        ("ECDSA, SHA-1", Encode.sequence(Encode.oid("1.2.840.10045.4.1")), false),
        ("ECDSA, SHA-224", Encode.sequence(Encode.oid("1.2.840.10045.4.3.1")), false),
        ("ECDSA, SHA-384", Encode.sequence(Encode.oid("1.2.840.10045.4.3.3")), true),
        ("DSA, SHA-1", Encode.sequence(Encode.oid("1.2.840.10040.4.3")), false),
        ("DSA, SHA-256", Encode.sequence(Encode.oid("2.16.840.1.101.3.4.3.2")), false),
        ("Ed25519", Encode.sequence(Encode.oid("1.3.101.112")), true),
        ("Ed448", Encode.sequence(Encode.oid("1.3.101.113")), true),
        ("unheard of", Encode.sequence(Encode.oid("1.2.3.4")), false),
    ]

    @Test("refuses signatures below SHA-256, of DSA and of what it does not know; an anchor's signature says nothing")
    func signatures() throws {
        for (label, algorithm, isStrong) in Self.signatures {
            for place in Place.allCases {
                let refusal = try Self.refusal(place) { ($0.signedAlgorithm, $0.outerAlgorithm) = (algorithm, algorithm) }
                #expect(refusal == (isStrong || place == .anchor ? nil : .weakAlgorithm), "\(label), \(place)")
            }
        }
    }

    private static func rsa(bits: Int, exponent: [UInt8] = [1, 0, 1]) -> [UInt8] {
        var modulus = [UInt8](repeating: 0xff, count: (bits + 7) / 8)
        modulus[0] = 0xff >> UInt8(modulus.count * 8 - bits)
        let number = Encode.integer(octets: modulus[0] & 0x80 == 0 ? modulus : [0] + modulus)
        let key = Encode.sequence(number, Encode.integer(octets: exponent))
        return Encode.sequence(algorithm("1.2.840.113549.1.1.1"), Encode.bitString(key))
    }

    private static func ec(_ curve: String) -> [UInt8] {
        Encode.sequence(
            Encode.sequence(Encode.oid("1.2.840.10045.2.1"), Encode.oid(curve)),
            Encode.bitString([UInt8](repeating: 4, count: 65)))
    }

    private static func other(_ identifier: String) -> [UInt8] {
        Encode.sequence(Encode.sequence(Encode.oid(identifier)), Encode.bitString([UInt8](repeating: 4, count: 32)))
    }

    static let keys: [(String, [UInt8], isStrong: Bool)] = [
        ("RSA 512", rsa(bits: 512), false), ("RSA 1024", rsa(bits: 1_024), false), ("RSA 2047", rsa(bits: 2_047), false),
        ("RSA 2048", rsa(bits: 2_048), true), ("RSA 3072", rsa(bits: 3_072), true), ("RSA 8192", rsa(bits: 8_192), true),
        ("RSA 2048, exponent of 64 bits", rsa(bits: 2_048, exponent: [0, 0x80, 0, 0, 0, 0, 0, 0, 1]), true),
        ("RSA 2048, exponent of 65 bits", rsa(bits: 2_048, exponent: [1, 0, 0, 0, 0, 0, 0, 0, 1]), false),
        ("RSA 2048, exponent of 2047 bits", rsa(bits: 2_048, exponent: [0x7f] + [UInt8](repeating: 0xff, count: 255)), false),
        ("RSA 8193", rsa(bits: 8_193), false), ("P-192", ec("1.2.840.10045.3.1.1"), false), ("P-224", ec("1.3.132.0.33"), false),
        ("secp256k1", ec("1.3.132.0.10"), false), ("P-256", ec("1.2.840.10045.3.1.7"), true), ("P-384", ec("1.3.132.0.34"), true),
        ("P-521", ec("1.3.132.0.35"), true), ("brainpoolP224r1", ec("1.3.36.3.3.2.8.1.1.5"), false),
        ("brainpoolP256r1", ec("1.3.36.3.3.2.8.1.1.7"), true), ("Ed25519", other("1.3.101.112"), true),
        ("Ed448", other("1.3.101.113"), true), ("X25519, which signs nothing", other("1.3.101.110"), false),
        ("DSA", other("1.2.840.10040.4.1"), false), ("unheard of", other("1.2.3.4"), false),
    ]

    @Test("refuses RSA below 2048 bits or with an exponent above 64, curves below 256, DSA and the unknown, at the anchor too")
    func keys() throws {
        for (label, key, isStrong) in Self.keys {
            for place in Place.allCases {
                let refusal = try Self.refusal(place) { $0.publicKey = key }
                #expect(refusal == (isStrong ? nil : .weakAlgorithm), "\(label), \(place)")
            }
        }
    }
}
