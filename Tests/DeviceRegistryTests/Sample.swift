import PKITypes

@testable import DeviceRegistry

/// Values that tests speak of.
enum Sample {
    static let start = UnixSeconds(1_800_000_000)
    static let person = Actor.person("mara")
    static let context = CommandContext(actor: person, reason: "because", time: start)

    static func identity(_ number: Int) -> DeviceIdentity { DeviceIdentity(text: "urn:hospital:device:pump:\(number)") }

    static func record(_ number: Int = 1, state: DeviceState = .provisioned) -> DeviceRecord {
        var record = DeviceRecord(identity: identity(number), enrolledAt: start, enrolledBy: person)
        record.state = state
        return record
    }

    static func key(_ number: UInt8) -> KeyFingerprint {
        KeyFingerprint(octets: [UInt8](repeating: number, count: 32))!
    }

    static func credentialID(_ serial: UInt8, issuer: String = "CN=Device CA") -> CredentialID {
        let name = DistinguishedName(canonical: Array(issuer.lowercased().utf8), display: issuer)
        return CredentialID(anchorEntry: "device-ca", issuer: name, serial: SerialNumber(octets: [serial])!)
    }

    static func presented(_ serial: UInt8, key: UInt8? = nil) -> PresentedCredential {
        PresentedCredential(
            id: credentialID(serial), key: Self.key(key ?? serial),
            validity: Validity(notBefore: start + -1000, notAfter: start + 1_000_000))
    }

    static func credential(
        _ serial: UInt8, key: UInt8? = nil, seen: Int64 = 0, standing: CredentialStanding = .current
    ) -> Credential {
        let presented = presented(serial, key: key)
        return Credential(
            id: presented.id, key: presented.key, validity: presented.validity, firstSeen: start + seen, lastSeen: start + seen,
            standing: standing)
    }

    /// Everything that a record can hold.
    static func fullRecord(_ number: Int = 7) -> DeviceRecord {
        var record = record(number, state: .rotating)
        record.stateCause = .revocation(.certificateHold)
        record.stateSince = start + 5
        record.description.owner = "Ward 3, \"west\""
        record.description.model = "Infusomat"
        record.description.udiDI = "04046963721428"
        record.description.lot = "L;1"
        record.description.serialNumber = "SN=1\\2"
        record.description.firmware = "4.2"
        record.description.site = "Süd"
        record.description.zone = "icu"
        record.description.notes = "line one\nline two"
        record.aliases = [
            SenderAlias(.dicomAETitle, "CT;1"), SenderAlias(.dicomAETitle, "CT 2"), SenderAlias(.mqttClientID, "a=b"),
            SenderAlias(.hl7Sender, "LAB\\X"),
        ]
        record.posture = ["firmware": "4.2", "patch-level.os": "x;y=\\z, \"w\"", "empty": ""]
        record.windows = [TimeWindow(from: start, until: start + 60)!, TimeWindow(from: start + 100, until: start + 100)!]
        record.expectedKey = key(200)
        record.condemnedKeys = [key(201), key(202)]
        record.firstSeen = start + 1
        record.lastSeen = start + 9
        record.credentials = [
            credential(1, standing: .dead(.revoked(.keyCompromise, listIssued: start))),
            credential(2, seen: 1, standing: .dead(.deviceRetired)), credential(3, seen: 2, standing: .superseded),
            credential(4, seen: 3, standing: .overlapping(until: start + 500)), credential(5, seen: 4),
        ]
        return record
    }
}
