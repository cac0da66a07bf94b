import DeviceRegistry
import Foundation
import PKITypes
import SnapshotAssembly
import Testing
import VerificationCore

@Suite("The registry's devices as decisions see them")
struct DeviceViewTests {
    private static let now = UnixSeconds(1_000_000)
    private static let identity = DeviceIdentity(text: "urn:hospital:device:pump:1")
    private static let policy = CredentialPolicy(
        firstUse: .binds, keyUnderTwoIdentities: .refuse, unknownKey: .refuse, supersededReturned: .refuse,
        renewedWithSameKey: .alarm, overlapSeconds: 100)

    private static func presented(_ number: UInt8, key: UInt8) throws -> PresentedCredential {
        let serial = try #require(SerialNumber(octets: [number]))
        let issuer = DistinguishedName(canonical: [1], display: "CN=ca")
        return PresentedCredential(
            id: CredentialID(anchorEntry: "ca", issuer: issuer, serial: serial),
            key: try #require(KeyFingerprint(octets: [UInt8](repeating: key, count: 32))),
            validity: Validity(notBefore: UnixSeconds(0), notAfter: now + 1_000_000))
    }

    private static func answer(_ view: DeviceView, _ number: UInt8, key: UInt8) throws -> RegisteredDevice.Answer? {
        let presented = try presented(number, key: key)
        return view.index.standing(of: DeviceMarks(identity, presented.id, presented.key))?.answer
    }

    private static func change(
        of view: inout DeviceView, from registry: Registry, at time: UnixSeconds
    ) throws -> SnapshotChange {
        #expect(try view.update(from: registry.store, at: time) == .upToDate)
        return view.takeChange()
    }

    private func inRegistry(_ body: (Registry) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("pulsegate-view-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("registry.sqlite").path
        try body(Registry(try SQLiteDeviceStore(path: path)))
    }

    @Test("a life of a device: provisioned, bound, rotated, superseded, retired")
    func life() throws {
        try inRegistry { registry in
            var view = try DeviceView(of: registry.store, policy: Self.policy, at: Self.now)
            #expect(view.index.count == 0)
            try registry.enroll(DeviceRecord(identity: Self.identity, enrolledAt: Self.now, enrolledBy: .gateway))
            #expect(try Self.change(of: &view, from: registry, at: Self.now) == .identities([IdentityMark(Self.identity)]))
            // The registry judges the first one, whichever comes.
            #expect(try Self.answer(view, 1, key: 1) == .ask)

            for (number, time) in [(UInt8(1), Self.now), (2, Self.now + 10)] {
                let sighting = Sighting(identity: Self.identity, presented: try Self.presented(number, key: number), time: time)
                if number == 2 { _ = try registry.apply(.rotate, to: Self.identity, by: .person("test"), at: Self.now) }
                _ = try registry.record([sighting], policy: Self.policy)
                #expect(try Self.change(of: &view, from: registry, at: time) == .identities([IdentityMark(Self.identity)]))
            }
            #expect(try Self.answer(view, 2, key: 2) == .admit)
            #expect(try Self.answer(view, 1, key: 1) == .admitUntil(Self.now + 110))
            #expect(try Self.answer(view, 3, key: 2) == .ask)
            #expect(try Self.answer(view, 3, key: 3) == .refuse(.credentialNotBound))

            _ = try registry.endOverlaps(at: Self.now + 200)
            #expect(try Self.change(of: &view, from: registry, at: Self.now + 200) == .identities([IdentityMark(Self.identity)]))
            #expect(try Self.answer(view, 1, key: 1) == .refuse(.credentialSuperseded))
            #expect(try Self.change(of: &view, from: registry, at: Self.now + 200) == .none)
            // Read anew it is the same.
            let anew = try DeviceView(of: registry.store, policy: Self.policy, at: Self.now + 200)
            #expect(try Self.answer(anew, 2, key: 2) == .admit && Self.answer(anew, 1, key: 1) == .refuse(.credentialSuperseded))
        }
    }

    @Test("is read in pages, and a device that is asked about comes ahead of them")
    func pages() throws {
        try inRegistry { registry in
            var view = try DeviceView(of: registry.store, policy: Self.policy, at: Self.now, pageEntries: 2)
            let identities = (1...5).map { DeviceIdentity(text: "urn:hospital:device:pump:\($0)") }
            try registry.store.write { transaction throws(RegistryFailure) in
                for identity in identities {
                    try transaction.insert(DeviceRecord(identity: identity, enrolledAt: Self.now, enrolledBy: .gateway))
                }
            }
            #expect(try view.update(from: registry.store, at: Self.now) == .moreToRead)
            #expect(view.index.count == 2)
            try view.update([identities[4]], from: registry.store, at: Self.now)
            #expect(view.index.count == 3)
            #expect(view.takeChange() == .identities(Set([0, 1, 4].map { IdentityMark(identities[$0]) })))
            #expect(try view.update(from: registry.store, at: Self.now) == .moreToRead)
            #expect(try view.update(from: registry.store, at: Self.now) == .upToDate)
            // Read once more in its turn.
            #expect(view.index.count == 5)
            #expect(view.takeChange() == .identities(Set([2, 3, 4].map { IdentityMark(identities[$0]) })))
            #expect(view.takeChange() == .none)
            // Read at the start in as many pages as there are.
            #expect(try DeviceView(of: registry.store, policy: Self.policy, at: Self.now, pageEntries: 2).index.count == 5)
        }
    }

    @Test("the key that was announced is asked about, whatever the rules say of others")
    func expectedKey() throws {
        try inRegistry { registry in
            var record = DeviceRecord(identity: Self.identity, enrolledAt: Self.now, enrolledBy: .gateway)
            record.expectedKey = try Self.presented(1, key: 1).key
            try registry.enroll(record)
            let view = try DeviceView(of: registry.store, policy: Self.policy, at: Self.now)
            #expect(try Self.answer(view, 1, key: 1) == .ask)
        }
    }
}
