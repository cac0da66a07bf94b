import DERTesting
import PKITypes
import Testing
import X509

/// What other gateways mended, cut off or looked past, and so took for somebody else's name.
@Suite("Names that somebody could take for another's") struct HostileIdentityTests {
    /// A field that identities are read from, with any octets in it.
    enum Field: CaseIterable {
        case uri, dns, commonName, serialNumber, permanentIdentifier

        var source: IdentitySource {
            switch self {
            case .uri: .sanURI
            case .dns: .sanDNS
            case .commonName: .subjectCommonName
            case .serialNumber: .subjectSerialNumber
            case .permanentIdentifier: .permanentIdentifier
            }
        }

        func sample(_ octets: [UInt8], tag: UInt8? = nil) -> SampleCertificate {
            switch self {
            case .uri: return Self.naming(Encode.implicit(6, octets))
            case .dns: return Self.naming(Encode.implicit(2, octets))
            case .permanentIdentifier:
                let value = Encode.sequence(Encode.tlv(tag ?? 0x0c, octets))
                return Self.naming(Encode.otherName("1.3.6.1.5.5.7.8.3", value))
            case .commonName, .serialNumber:
                var sample = SampleCertificate()
                let type = self == .commonName ? "2.5.4.3" : "2.5.4.5"
                sample.subject = Encode.name([(type, Encode.tlv(tag ?? (self == .commonName ? 0x0c : 0x13), octets))])
                return sample
            }
        }

        private static func naming(_ name: [UInt8]) -> SampleCertificate {
            var sample = SampleCertificate(subjectAlternativeNames: name)
            sample.subject = Encode.sequence()
            return sample
        }

        /// A text that the field may hold.
        var sound: String {
            switch self {
            case .uri: "urn:hospital:device:pump:7"
            case .dns: "pump.hospital.example"
            case .commonName, .serialNumber, .permanentIdentifier: "pump 7"
            }
        }
    }

    /// - Returns: nil for a refusal.
    private static func identity(_ sample: SampleCertificate, _ source: IdentitySource) throws -> String? {
        let fingerprint = try #require(Fingerprint(octets: [UInt8](repeating: 0, count: 32)))
        let certificate: Certificate
        // A subject that cannot be read at all is refused with its certificate.
        do { certificate = try Certificate(der: sample.der) } catch { return nil }
        do throws(IdentityFailure) {
            return try X509.identity(of: certificate, from: source, fingerprint: fingerprint).text
        } catch {
            return nil
        }
    }

    @Test(
        "T16: a hidden, misdirecting or undecodable character refuses, wherever it stands in whatever field",
        arguments: Field.allCases
    )
    func hiddenCharacters(field: Field) throws {
        let sound = Array(field.sound.utf8)
        #expect(try Self.identity(field.sample(sound), field.source) == field.source.prefix + field.sound)
        let hidden: [[UInt8]] = [
            [0x00], [0x0a], [0x1b], [0x7f], [0x80], [0xff], [0xc0, 0xae], [0xed, 0xa0, 0x80], [0xc2],
            Array("\u{202e}".utf8), Array("\u{200d}".utf8), Array("\u{feff}".utf8), Array("\u{e0041}".utf8),
        ]
        for octets in hidden {
            for position in [0, 4, sound.count] {
                let text = sound.prefix(position) + octets + sound.suffix(from: position)
                #expect(try Self.identity(field.sample(Array(text)), field.source) == nil, "\(text)")
            }
        }
        #expect(try Self.identity(field.sample(sound + [0] + Array("evil".utf8)), field.source) == nil)
        #expect(try Self.identity(field.sample([]), field.source) == nil)
    }

    @Test(
        "T16: a string type with several readings refuses: BMP, Universal, T61",
        arguments: [Field.commonName, .serialNumber, .permanentIdentifier]
    )
    func otherStringTypes(field: Field) throws {
        let sound = Array(field.sound.utf8)
        let encodings: [(UInt8, [UInt8])] = [
            (0x1e, sound.flatMap { [0, $0] }), (0x1c, sound.flatMap { [0, 0, 0, $0] }), (0x14, sound), (0x1b, sound),
            (0x16, sound),
            (0x04, sound),
        ]
        for (tag, octets) in encodings {
            #expect(try Self.identity(field.sample(octets, tag: tag), field.source) == nil, "type \(tag)")
        }
    }

    @Test("T16: a second spelling of a name is refused and not made the first: case, trailing dot, percent-encoding")
    func secondSpellings() throws {
        let spellings: [(Field, [String])] = [
            (.dns, ["Pump.hospital.example", "pump.hospital.example.", "pump%2ehospital.example", "*.hospital.example"]),
            (.uri, ["URN:hospital:device:pump:7", "urn:hospital:device:pump:%37", "spiffe://Ward/pump", "spiffe://ward/pump/"]),
        ]
        for (field, texts) in spellings {
            for text in texts { #expect(try Self.identity(field.sample(Array(text.utf8)), field.source) == nil, "\(text)") }
        }
    }

    @Test("T17: a subject alternative name that is too much, too long or unreadable never makes the common name speak")
    func noFallbackToTheSubject() throws {
        func sample(_ names: [[UInt8]]) -> SampleCertificate {
            var sample = SampleCertificate()
            sample.subject = Encode.name([("2.5.4.3", Encode.utf8("victim.hospital.example"))])
            sample.extensions = [Encode.extensionItem("2.5.29.17", Encode.sequence(Array(names.joined())))]
            return sample
        }
        let tooMany = (0...SubjectAlternativeName.maximumCount).map { Encode.dnsName("a\($0).example") }
        let unreadable = [[Encode.implicit(7, [1, 2, 3])], [Encode.dnsName("a"), Encode.implicit(2, [0])], [], [Encode.null]]
        for names in [tooMany] + unreadable {
            for source in IdentitySource.allCases { #expect(try Self.identity(sample(names), source) == nil, "\(source)") }
        }
        let tooLong = [
            Encode.dnsName(String(repeating: "a.", count: 200) + "example"),
            Encode.uriName("urn:" + String(repeating: "a", count: 3_000)),
        ]
        for source in [IdentitySource.sanDNS, .sanURI] { #expect(try Self.identity(sample(tooLong), source) == nil) }
        // What a certificate does not name is missing, and the subject is no name.
        #expect(try Self.identity(sample([Encode.uriName("urn:a:b")]), .sanDNS) == nil)
        let most = Array(tooMany.dropLast(2)) + [Encode.uriName("urn:a:b")]
        #expect(try Self.identity(sample(most), .sanURI) == "urn:a:b")
    }

    @Test("T18: names inside the text of a name are text", arguments: Field.allCases)
    func injectedNames(field: Field) throws {
        let injections = [
            "DNS:a, URI:spiffe://admin/x", "a, URI:urn:hospital:admin", "a,URI:urn:hospital:admin", "a\nURI:urn:hospital:admin",
            "a\", URI:\"urn:hospital:admin", "URI:urn:hospital:admin", "a/CN=admin", "a, CN = admin", "otherName:admin",
        ]
        for text in injections {
            let sample = field.sample(Array(text.utf8))
            if let certificate = try? Certificate(der: sample.der),
                case .success(let names) = certificate.extensions.subjectAlternativeNames
            {
                #expect(names.count == (field == .commonName || field == .serialNumber ? 0 : 1), "\(text)")
            }
            for source in IdentitySource.allCases where source != .registeredCertificate {
                let identity = try Self.identity(sample, source)
                #expect(
                    identity == nil || (source == field.source && identity == source.prefix + text), "\(text): \(identity ?? "")")
            }
        }
    }
}
