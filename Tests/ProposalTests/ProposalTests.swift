import Configuration
import DeviceRegistry
import PKITypes
import Testing

@testable import Proposal

@Suite("Drafts from what was only reported")
struct ProposalTests {
    private static let now = UnixSeconds(1_800_000_000)

    private static func key(_ number: UInt8) throws -> KeyFingerprint {
        try #require(KeyFingerprint(octets: [UInt8](repeating: number, count: 32)))
    }

    private static func seen(
        _ identity: String, _ reason: RefusalReason = .noPolicy, key number: UInt8, from source: [UInt8] = [10, 20, 0, 1],
        at listener: String = "devices"
    ) throws -> ObservedRefusal {
        let serial = try #require(SerialNumber(octets: [number]))
        let issuer = DistinguishedName(canonical: [1], display: "ca")
        return ObservedRefusal(
            .init(listener: listener, identity: DeviceIdentity(text: identity), key: try key(number), reason: reason),
            CredentialID(anchorEntry: "ca", issuer: issuer, serial: serial), Validity(notBefore: now, notAfter: now + 1),
            firstSeen: now, lastSeen: now + 60, count: 3, networks: ObservedNetworks(IPAddress(octets: source)))
    }

    private static func proposal(
        _ seen: [ObservedRefusal], registered: Set<String> = [], policies: Set<String> = []
    ) -> Proposal {
        Proposal(seen, policyNames: policies) { identity throws(Never) in registered.contains(identity.text) }
    }

    @Test(
        "a pattern keeps the words and what all have, and counts by the segment that numbers the devices",
        arguments: [
            (["urn:hospital:device:pump:0001", "urn:hospital:device:pump:0002"], ["urn:hospital:device:pump:{serial}"]),
            (["urn:hospital:device:pump:0001"], ["urn:hospital:device:pump:0001"]),
            (
                ["urn:a:pump:1", "urn:a:pump:2", "urn:a:vent:1", "urn:a:vent:2"], ["urn:a:pump:{serial}", "urn:a:vent:{serial}"]
            ),
            (["urn:ward1:pump:1", "urn:ward1:pump:2"], ["urn:ward1:pump:{serial}"]),
            (["urn:ward1:pump:1", "urn:ward2:pump:2"], ["urn:{part2}:pump:{serial}"]),
            (["urn:a:1/x", "urn:a:2/x", "urn:a:2:x"], ["urn:a:2:x", "urn:a:{part3}/x"]),
            (["urn:a:b*c:1", "urn:a:b*c:2"], ["urn:a:{part3}:{serial}"]),
        ] as [([String], [String])]
    )
    func patterns(identities: [String], expected: [String]) throws {
        let proposal = Self.proposal(try identities.enumerated().map { try Self.seen($1, key: UInt8($0)) })
        #expect(proposal.policies.map(\.pattern).sorted() == expected.sorted())
        #expect(proposal.devices.count == identities.count)
    }

    @Test("policies are of a listener, with the networks that were seen there, and names that nobody has")
    func policies() throws {
        let proposal = Self.proposal(
            [
                try Self.seen("urn:a:pump:1", key: 1), try Self.seen("urn:a:pump:2", key: 2, from: [10, 20, 7, 9]),
                try Self.seen("urn:a:pump:1", key: 1, at: "wards"),
            ], policies: ["devices-pump"])
        #expect(proposal.policies.map(\.name) == ["devices-pump-2", "wards-pump"])
        #expect(Proposal.texts(proposal.policies[0].networks) == ["10.20.0.0/24", "10.20.7.0/24"])
        #expect(proposal.policies[1].pattern == "urn:a:pump:1")
        #expect(proposal.devices.map(\.listeners) == [["devices", "wards"], ["devices"]])
    }

    @Test("more networks than a rule should name are none; a unix socket is in none")
    func scattered() throws {
        let many = try (0...ObservedNetworks.networksMax).map {
            try Self.seen("urn:a:pump:\($0)", key: UInt8($0), from: [10, 20, UInt8($0), 1])
        }
        let proposal = Self.proposal(many)
        #expect(proposal.policies[0].networks.isScattered)
        #expect(proposal.policyText.contains("    # From too many networks"))
        #expect(!proposal.policyText.contains("    require:"))
        #expect(ObservedNetworks(nil).isScattered)
    }

    @Test("a key that speaks for two devices, and a device that shows two keys, are for a person")
    func doubtful() throws {
        let proposal = Self.proposal([
            try Self.seen("urn:a:pump:1", .deviceUnknown, key: 1), try Self.seen("urn:a:pump:2", .deviceUnknown, key: 1),
            try Self.seen("urn:a:pump:3", .deviceUnknown, key: 3), try Self.seen("urn:a:pump:3", .deviceUnknown, key: 4),
            try Self.seen("urn:a:pump:5", .deviceUnknown, key: 5),
        ])
        #expect(proposal.devices.map(\.identity.text) == ["urn:a:pump:5"])
        #expect(proposal.policies.isEmpty)
        #expect(proposal.remarks.count == 3)
        #expect(proposal.summary.contains("find out which of them is a copy"))
        #expect(proposal.summary.contains("shows 2 keys"))
    }

    @Test("a registered device gets no row, and no key that the registry does not take")
    func registered() throws {
        let proposal = Self.proposal(
            [
                try Self.seen("urn:a:pump:1", .credentialNotBound, key: 1),
                try Self.seen("urn:a:pump:1", .networkNotAllowed, key: 1),
                try Self.seen("urn:a:pump:2", .noPolicy, key: 2),
            ], registered: ["urn:a:pump:1", "urn:a:pump:2"])
        #expect(proposal.devices.isEmpty)
        #expect(proposal.policies.map(\.pattern) == ["urn:a:pump:2"])
        let (key, networks) = (try Self.key(1), ObservedNetworks(IPAddress(octets: [10, 20, 0, 1])))
        #expect(
            proposal.remarks == [
                .credential(DeviceIdentity(text: "urn:a:pump:1"), .credentialNotBound, key),
                .requirement(.networkNotAllowed, listener: "devices", identities: ["urn:a:pump:1"], networks),
            ])
        #expect(proposal.remarks[1].text.contains("from 10.20.0.0/24"))
    }

    @Test("the rows and the policies say what they are of")
    func texts() throws {
        let proposal = Self.proposal([
            try Self.seen("urn:a:pump:1", key: 1), try Self.seen("urn:a:pump:2", key: 2), try Self.seen("urn:a,\"b\":x", key: 3),
        ])
        let rows = proposal.deviceRows.split(separator: "\n")
        #expect(rows[0] == "identity,expected_key,owner,model,serial_number,zone,notes")
        let note = "seen 3 times at devices from 2027-01-15T08:00:00Z"
        #expect(rows[1].hasPrefix("\"urn:a,\"\"b\"\":x\",\(try Self.key(3)),,,,,\(note)"))
        #expect(
            proposal.policyText.contains(
                """
                  # 2 identities, urn:a:pump:1, urn:a:pump:2
                  - name: devices-pump
                    when: { identity: "urn:a:pump:{serial}", listeners: ["devices"] }
                    devices: registered
                    require: { networks: ["10.20.0.0/24"] }

                """))
        #expect(proposal.policyText.contains("identity: \"urn:a,\\\"b\\\":x\""))
        #expect(
            proposal.json.contains(
                "\"identity\":\"urn:a:pump:{serial}\",\"listener\":\"devices\",\"networks\":[\"10.20.0.0/24\"]"))
        #expect(Self.proposal([]).policyText == "# No identity was seen that no policy matches.\n")
        #expect(Self.proposal([]).summary.hasSuffix("nothing else to look into\n"))
    }
}
