import DER
import DERTesting
import Testing
import X509

@Suite("Extensions for paths")
struct PathConstraintsTests {
    private static func certificate(_ identifier: String, _ value: [UInt8]) throws -> Certificate {
        var sample = SampleCertificate()
        sample.extensions = [Encode.extensionItem(identifier, critical: true, value)]
        return try Certificate(der: sample.der)
    }

    private static func constraints(_ identifier: String, _ value: [UInt8]) throws -> PathConstraints {
        try PathConstraints(of: certificate(identifier, value))
    }

    @Test("a certificate without them has none")
    func absent() throws {
        let constraints = try PathConstraints(of: Certificate(der: SampleCertificate().der))
        #expect(constraints.policies == nil && constraints.policyMappings == nil)
        #expect(constraints.policyConstraints == nil && constraints.inhibitAnyPolicy == nil)
    }

    @Test("bases of each form, permitted and excluded")
    func nameForms() throws {
        let bases: [([UInt8], NameForm, Bool)] = [
            (Encode.implicit(1, Array("h.example".utf8)), .rfc822, true), (Encode.dnsName("h.example"), .dns, true),
            (Encode.uriName("h.example"), .uri, true), (Encode.implicit(7, [10, 0, 0, 0, 255, 0, 0, 0]), .ip, true),
            (Encode.implicit(7, [10, 0, 0, 0, 255, 0, 128, 0]), .ip, false), (Encode.implicit(7, [10, 0, 0, 1]), .ip, false),
            (Encode.explicit(4, Encode.name([("2.5.4.3", Encode.utf8("a"))])), .directoryName, true),
            (Encode.otherName("1.2.3", Encode.null), .otherName, false), (Encode.explicit(3, []), .x400Address, false),
            (Encode.explicit(5, []), .ediPartyName, false), (Encode.implicit(8, [0x2a]), .registeredID, false),
            (Encode.dnsName("h.example") + Encode.implicit(0, [1]), .dns, false),
        ]
        for (base, form, isApplicable) in bases {
            for tag in [UInt8(0), 1] {
                let value = Encode.sequence(Encode.explicit(tag, Encode.sequence(base)))
                let decoded = try NameConstraints(from: DERReader(value))
                let names = tag == 0 ? decoded.permitted : decoded.excluded
                #expect(names.count == 1 && decoded.permitted.count + decoded.excluded.count == 1)
                #expect(names[0].form == form && (names[0] != .inapplicable(form)) == isApplicable)
            }
        }
    }

    @Test("policies")
    func policies() throws {
        let qualified = Encode.sequence(Encode.oid("1.2.4"), Encode.sequence(Encode.null))
        let policies = try Self.constraints("2.5.29.32", Encode.sequence(Encode.sequence(Encode.oid("1.2.3")), qualified))
        #expect(policies.policies?.identifiers.map(\.description) == ["1.2.3", "1.2.4"])
        let pair = Encode.sequence(Encode.oid("1.2.3"), Encode.oid("1.2.4"))
        let mapping = try #require(try Self.constraints("2.5.29.33", Encode.sequence(pair)).policyMappings?.mappings.first)
        #expect(mapping.issuerDomainPolicy.description == "1.2.3" && mapping.subjectDomainPolicy.description == "1.2.4")
        let limits = Encode.sequence(Encode.implicit(0, [2]), Encode.implicit(1, [0x01, 0, 0, 0, 0]))
        let constraints = try #require(try Self.constraints("2.5.29.36", limits).policyConstraints)
        #expect(constraints.requireExplicitPolicy == 2 && constraints.inhibitPolicyMapping == .max)
        #expect(try Self.constraints("2.5.29.54", Encode.integer(3)).inhibitAnyPolicy == 3)
    }

    @Test("what cannot be read is a failure")
    func malformed() throws {
        let policy = Encode.sequence(Encode.oid("1.2.3"))
        let cases: [(String, [UInt8])] = [
            ("2.5.29.32", Encode.sequence()), ("2.5.29.32", Encode.sequence(policy, policy)),
            ("2.5.29.32", Encode.sequence(Array([[UInt8]](repeating: policy, count: 200).joined()))),
            ("2.5.29.33", Encode.sequence()), ("2.5.29.33", Encode.sequence(policy)), ("2.5.29.36", Encode.sequence()),
            ("2.5.29.36", Encode.sequence(Encode.implicit(0, [0x80]))), ("2.5.29.54", Encode.null),
            ("2.5.29.54", Encode.integer(0x80)),
        ]
        for (identifier, value) in cases {
            let certificate = try Self.certificate(identifier, value)
            #expect(throws: DERFailure.self, "\(identifier) \(value)") { try PathConstraints(of: certificate) }
        }
    }

    @Test("name constraints that cannot be read are a failure")
    func malformedNames() {
        let cases = [
            Encode.sequence(), Encode.null, Encode.sequence(Encode.explicit(0, [])), Encode.sequence(Encode.explicit(2, [])),
            Encode.sequence(Encode.explicit(0, Encode.sequence(Encode.null))),
            Encode.sequence(Encode.explicit(0, Encode.sequence(Encode.dnsName("a"), Encode.null))),
        ]
        for value in cases { #expect(throws: DERFailure.self, "\(value)") { try NameConstraints(from: DERReader(value)) } }
    }

    @Test("subtrees, permitted and excluded together, up to the limit")
    func manySubtrees() throws {
        let subtree = Encode.sequence(Encode.dnsName("a"))
        func constraints(_ permitted: Int, _ excluded: Int) -> [UInt8] {
            let sides = [(UInt8(0), permitted), (1, excluded)].filter { $0.1 > 0 }.map { tag, count in
                Encode.explicit(tag, Array([[UInt8]](repeating: subtree, count: count).joined()))
            }
            return Encode.sequence(Array(sides.joined()))
        }
        let limit = NameConstraints.maximumSubtrees
        for (permitted, excluded) in [(limit, 0), (0, limit), (limit / 2, limit / 2)] {
            let decoded = try NameConstraints(from: DERReader(constraints(permitted, excluded)))
            #expect(decoded.permitted.count == permitted && decoded.excluded.count == excluded)
        }
        for (permitted, excluded) in [(limit + 1, 0), (0, limit + 1), (limit, 1)] {
            let failure = #expect(throws: DERFailure.self) {
                try NameConstraints(from: DERReader(constraints(permitted, excluded)))
            }
            #expect(failure?.isOverLimit == true)
        }
    }

    @Test("how a certificate is signed, and with what key")
    func algorithms() throws {
        func signed(_ identifier: [UInt8]) throws -> SignatureScheme {
            var sample = SampleCertificate()
            (sample.signedAlgorithm, sample.outerAlgorithm) = (identifier, identifier)
            return SignatureScheme(of: try Certificate(der: sample.der))
        }
        func plain(_ type: String) -> [UInt8] { Encode.sequence(Encode.oid(type)) }
        #expect(try signed(plain("1.2.840.10045.4.3.2")) == .ecdsa(.sha256))
        #expect(try signed(plain("1.2.840.113549.1.1.5")) == .rsaPKCS1(.sha1))
        #expect(try signed(plain("1.3.101.112")) == .ed25519)
        #expect(try signed(plain("1.2.840.10040.4.3")) == .dsa)
        let pss = Encode.oid("1.2.840.113549.1.1.10")
        let hash = Encode.explicit(0, plain("2.16.840.1.101.3.4.2.2"))
        #expect(try signed(Encode.sequence(pss, Encode.sequence(hash))) == .rsaPSS(.sha384))
        #expect(try signed(Encode.sequence(pss, Encode.sequence())) == .rsaPSS(.sha1))
        #expect(try signed(Encode.sequence(pss)) == .unknown(.rsaPSSSignature))

        func key(_ algorithm: [UInt8], _ bits: [UInt8]) throws -> PublicKeyKind? {
            var sample = SampleCertificate()
            sample.publicKey = Encode.sequence(algorithm, Encode.bitString(bits))
            return PublicKeyKind(of: try Certificate(der: sample.der))
        }
        let modulus = Encode.integer(octets: [0] + [UInt8](repeating: 0xff, count: 256))
        let rsa = Encode.sequence(Encode.oid("1.2.840.113549.1.1.1"), Encode.null)
        #expect(try key(rsa, Encode.sequence(modulus, Encode.integer(3))) == .rsa(bits: 2048, exponentBits: 2))
        #expect(try key(rsa, Encode.sequence(Encode.integer(0x01, 0x00), Encode.integer(3))) == .rsa(bits: 9, exponentBits: 2))
        let exponent = Encode.integer(octets: [1] + [UInt8](repeating: 0, count: 8))
        #expect(try key(rsa, Encode.sequence(modulus, exponent)) == .rsa(bits: 2048, exponentBits: 65))
        #expect(try key(rsa, Encode.sequence(modulus)) == nil)
        #expect(try key(rsa, [1]) == nil)
        let ec = Encode.oid("1.2.840.10045.2.1")
        #expect(try key(Encode.sequence(ec, Encode.oid("1.3.132.0.34")), [4]) == .ec(curve: .secp384r1))
        #expect(try key(Encode.sequence(ec, Encode.sequence()), [4]) == nil)
        #expect(try key(plain("1.3.101.113"), [4]) == .ed448)
        #expect(try key(plain("1.2.3"), [4]) != nil)
    }
}
