import PKITypes
import RandomTesting
import Testing

@testable import VerificationCore

@Suite("Registered devices")
struct DeviceIndexTests {
    private static func key(_ number: Int) throws -> KeyFingerprint {
        try #require(KeyFingerprint(octets: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) }))
    }

    private static func credential(_ number: Int, _ entry: String = "ca") throws -> CredentialID {
        let serial = try #require(SerialNumber(octets: [1, UInt8(number >> 8 & 0xff), UInt8(number & 0xff)]))
        return CredentialID(anchorEntry: entry, issuer: DistinguishedName(canonical: [1], display: "CN=ca"), serial: serial)
    }

    private static func marks(_ identity: String, _ credential: Int, _ key: Int) throws -> DeviceMarks {
        DeviceMarks(DeviceIdentity(text: identity), try Self.credential(credential), try Self.key(key))
    }

    private static func device(
        _ identity: String, _ state: DeviceState = .active,
        _ credentials: [(credential: Int, key: Int, answer: RegisteredDevice.Answer)] = [],
        others: RegisteredDevice.Answer = .refuse(.credentialNotBound)
    ) throws -> RegisteredDevice {
        RegisteredDevice(
            identity: DeviceIdentity(text: identity), state: state,
            credentials: try credentials.map {
                RegisteredDevice.BoundCredential(id: try credential($0.credential), key: try key($0.key), answer: $0.answer)
            },
            answerToOthers: others
        )
    }

    @Test("nobody is registered in an empty index")
    func empty() throws {
        #expect(DeviceIndex().standing(of: try Self.marks("urn:a", 1, 1)) == nil)
    }

    @Test(
        "its own credential is admitted, one of another key refused, another one of its key asked about",
        arguments: [false, true])
    func credentials(hasMore: Bool) throws {
        let more: [(Int, Int, RegisteredDevice.Answer)] =
            hasMore ? [(2, 2, .admitUntil(UnixSeconds(50))), (3, 3, .refuse(.credentialSuperseded))] : []
        let index = DeviceIndex([try Self.device("urn:a", .active, [(1, 1, .admit)] + more)])
        func answer(_ credential: Int, _ key: Int) throws -> RegisteredDevice.Answer? {
            index.standing(of: try Self.marks("urn:a", credential, key))?.answer
        }
        #expect(try answer(1, 1) == .admit)
        #expect(try answer(9, 1) == .ask)
        #expect(try answer(9, 9) == .refuse(.credentialNotBound))
        #expect(try answer(1, 9) == .refuse(.credentialNotBound))
        #expect(try answer(2, 2) == (hasMore ? .admitUntil(UnixSeconds(50)) : .refuse(.credentialNotBound)))
        #expect(try answer(3, 3) == (hasMore ? .refuse(.credentialSuperseded) : .refuse(.credentialNotBound)))
        #expect(try index.standing(of: Self.marks("urn:b", 1, 1)) == nil)
    }

    @Test("two indexes differ in the devices of which they say something else, and in no others")
    func differences() throws {
        let names = (0..<3000).map { "urn:\($0)" }
        let old = DeviceIndex(try names.map { try Self.device($0, .active, [(1, 1, .admit)]) })
        func difference(_ adjust: (inout DeviceIndex) throws -> Void) rethrows -> Set<IdentityMark> {
            var new = old
            try adjust(&new)
            var (forth, back) = (Set<IdentityMark>(), Set<IdentityMark>())
            new.forEachDifference(from: old) { forth.insert($0) }
            old.forEachDifference(from: new) { back.insert($0) }
            #expect(forth == back)
            return forth
        }
        func mark(_ name: String) -> IdentityMark { IdentityMark(DeviceIdentity(text: name)) }
        let none = difference { _ in }
        #expect(none == [])
        let others: [RegisteredDevice] = [
            try Self.device("urn:7", .retired, [(1, 1, .admit)]), try Self.device("urn:7", .active, [(2, 1, .admit)]),
            try Self.device("urn:7", .active, [(1, 1, .admit)], others: .ask),
            try Self.device("urn:7", .active, [(1, 1, .admitUntil(UnixSeconds(5)))]), try Self.device("urn:7"),
            try Self.device("urn:new", .active, [(1, 1, .admit)]),
        ]
        for other in others {
            let found = difference { $0.set(other) }
            #expect(found == [mark(other.identity.text)], "\(other)")
        }
        let same = try Self.device("urn:7", .active, [(1, 1, .admit)])
        let unchanged = difference { $0.set(same) }
        #expect(unchanged == [])
    }

    @Test("a device that has never come takes no more memory than one that has")
    func plain() throws {
        let states = [DeviceState.provisioned, .active]
        var index = DeviceIndex()
        for (number, state) in states.enumerated() {
            index.set(try Self.device("urn:asking:\(number)", state, others: .ask))
            index.set(try Self.device("urn:refusing:\(number)", state))
            index.set(try Self.device("urn:bound:\(number)", state, [(1, 1, .admit)]))
        }
        #expect(index.detailCount == 0)
        #expect(try index.standing(of: Self.marks("urn:asking:1", 1, 1)) == DeviceStanding(state: .active, answer: .ask))
        index.set(try Self.device("urn:asking:0", .active, [(1, 1, .admit), (2, 2, .admit)]))
        index.set(try Self.device("urn:refusing:0", .active, [(1, 1, .ask)]))
        #expect(index.detailCount == 2)
    }

    @Test("the anchor's entry belongs to a credential")
    func anchorEntry() throws {
        let index = DeviceIndex([try Self.device("urn:a", .active, [(1, 1, .admit)])])
        let other = DeviceMarks(DeviceIdentity(text: "urn:a"), try Self.credential(1, "vendor"), try Self.key(1))
        #expect(index.standing(of: other)?.answer == .ask)
    }

    @Test("a copy is not changed by what is changed in the other")
    func value() throws {
        let marks = try Self.marks("urn:a", 1, 1)
        let before = DeviceIndex([try Self.device("urn:a", .active, [(1, 1, .admit)])])
        var after = before
        after.set(try Self.device("urn:a", .retired))
        after.set(try Self.device("urn:b"))
        #expect(before.standing(of: marks) == DeviceStanding(state: .active, answer: .admit))
        #expect(after.standing(of: marks)?.state == .retired)
        #expect(before.count == 1 && after.count == 2)
    }

    @Test("agrees with a dictionary, whatever is set and set again", arguments: [UInt64(1), 2, 3])
    func oracle(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var index = DeviceIndex()
        var oracle: [Int: RegisteredDevice] = [:]
        let answers: [RegisteredDevice.Answer] = [.admit, .ask, .refuse(.credentialSuperseded), .admitUntil(UnixSeconds(7))]
        for _ in 0..<20_000 {
            let number = Int.random(in: 0..<6_000, using: &generator)
            let credentials = try (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                (
                    credential: Int.random(in: 0..<4, using: &generator), key: Int.random(in: 0..<4, using: &generator),
                    answer: try #require(answers.randomElement(using: &generator))
                )
            }
            let device = try Self.device(
                "urn:\(number)", try #require(DeviceState.allCases.randomElement(using: &generator)), credentials,
                others: try #require(answers.randomElement(using: &generator)))
            index.set(device)
            oracle[number] = device
            if Int.random(in: 0..<100, using: &generator) == 0 { index.trim() }
        }
        #expect(index.count == oracle.count)
        for number in 0..<6_100 {
            let (credential, key) = (Int.random(in: 0..<5, using: &generator), Int.random(in: 0..<5, using: &generator))
            let expected = try oracle[number].map { device in
                let (id, fingerprint) = (try Self.credential(credential), try Self.key(key))
                let named = device.credentials.first { $0.id == id && $0.key == fingerprint }?.answer
                let isOfKnownKey = device.credentials.contains { $0.key == fingerprint }
                return DeviceStanding(state: device.state, answer: named ?? (isOfKnownKey ? .ask : device.answerToOthers))
            }
            #expect(index.standing(of: try Self.marks("urn:\(number)", credential, key)) == expected)
        }
    }
}
