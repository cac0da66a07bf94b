import PKITypes
import VerificationCore

/// What the registered devices cost in decisions, a million of them: memory, a look-up, one change.
struct DeviceStory {
    static let title = "1,000,000 registered devices"
    private static let devices = 1_000_000
    private static let callsPerRound = 10_000

    let table: ResultTable

    func tell() throws {
        table.begin(Self.title)
        let before = ResidentMemory.octets()
        var index = DeviceIndex()
        let build = try CallTime(once: {
            for number in 0..<Self.devices { index.set(try Self.device(number, .active)) }
            index.trim()
        })
        let octets = ResultTable.rounded(Double(ResidentMemory.octets() - before) / Double(Self.devices), 0)
        table.row(
            "a device is added", ResultTable.text(nanoseconds: build.nanoseconds / Double(Self.devices)), "\(octets) octets each")
        let known = try (0..<Self.callsPerRound).map { try Self.marks($0 * 97) }
        table.row(
            "look-up of one that is registered",
            try CallTime(calls: known.count) { call in
                guard index.standing(of: known[call])?.answer == .admit else {
                    throw Disagreement(question: "a registered device")
                }
            })
        let others = try (0..<Self.callsPerRound).map { try Self.marks(Self.devices + $0) }
        table.row(
            "look-up of one that is not",
            try CallTime(calls: others.count) { call in
                guard index.standing(of: others[call]) == nil else { throw Disagreement(question: "an unknown device") }
            })
        var published = index
        table.row(
            "one device changes while a snapshot holds the others",
            try CallTime(calls: 100) { call in
                published = index
                index.set(try Self.device(call, .retired))
            })
        guard published.count == Self.devices else { throw Disagreement(question: "registered devices") }
    }

    static func device(_ number: Int, _ state: DeviceState) throws -> RegisteredDevice {
        let (credential, key) = try identification(number)
        return RegisteredDevice(
            identity: identity(number), state: state,
            credentials: [RegisteredDevice.BoundCredential(id: credential, key: key, answer: .admit)],
            answerToOthers: .refuse(.credentialNotBound), posture: ["firmware": "4.\(number % 16)", "recalled": "no"])
    }

    private static func marks(_ number: Int) throws -> DeviceMarks {
        let (credential, key) = try identification(number)
        return DeviceMarks(identity(number), credential, key)
    }

    private static func identity(_ number: Int) -> DeviceIdentity { DeviceIdentity(text: "urn:hospital:device:pump:\(number)") }

    private static let issuer = DistinguishedName(canonical: [1], display: "ca")

    private static func identification(_ number: Int) throws -> (CredentialID, KeyFingerprint) {
        let octets = (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) }
        guard let key = KeyFingerprint(octets: octets) else { throw Disagreement(question: "a key") }
        let serial = SerialNumber(high: 0, middle: 0, low: UInt64(number), count: 8)
        return (CredentialID(anchorEntry: "ca", issuer: issuer, serial: serial), key)
    }
}
