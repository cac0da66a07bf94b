import GatewayTesting
import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("What listeners only report, in the store")
struct ObservationStoreTests {
    private let directory = TemporaryDirectory()

    private func seen(
        _ number: UInt8, _ reason: RefusalReason = .deviceUnknown, at second: Int64 = 100, from source: [UInt8] = [10, 0, 0, 1],
        listener: String = "devices"
    ) throws -> ObservedRefusal {
        let key = try #require(KeyFingerprint(octets: [UInt8](repeating: number, count: 32)))
        let serial = try #require(SerialNumber(octets: [number, UInt8(second % 100)]))
        return ObservedRefusal(
            .init(listener: listener, identity: DeviceIdentity(text: "urn:pump:\(number)"), key: key, reason: reason),
            CredentialID(anchorEntry: "ca", issuer: DistinguishedName(canonical: [1, 2], display: "CN=ca"), serial: serial),
            Validity(notBefore: UnixSeconds(1), notAfter: UnixSeconds(second + 1000)), firstSeen: UnixSeconds(second),
            lastSeen: UnixSeconds(second), networks: ObservedNetworks(IPAddress(octets: source)))
    }

    @Test("is each device once, with all that was seen of it, and no change for decisions", arguments: AnyStore.allCases)
    func added(kind: AnyStore) throws {
        let (store, directory) = try kind.empty()
        #expect(try store.note([seen(1, at: 200), seen(2)]) == 0)
        let more = try [seen(1, at: 150, from: [10, 0, 1, 1]), seen(1, .noPolicy), seen(1, listener: "wards")]
        #expect(try store.note(more) == 0)
        #expect(try store.revision() == .beginning)
        let all = try store.observations(of: nil, since: UnixSeconds(.min))
        let order = [
            "devices urn:pump:1 \(RefusalReason.deviceUnknown.rawValue)", "devices urn:pump:1 \(RefusalReason.noPolicy.rawValue)",
            "devices urn:pump:2 \(RefusalReason.deviceUnknown.rawValue)",
            "wards urn:pump:1 \(RefusalReason.deviceUnknown.rawValue)",
        ]
        #expect(all.map { "\($0.key.listener) \($0.key.identity.text) \($0.key.reason.rawValue)" } == order)
        let first = try #require(all.first { $0.key == (try? seen(1))?.key })
        #expect(first.count == 2 && first.firstSeen == UnixSeconds(150) && first.lastSeen == UnixSeconds(200))
        #expect(first.networks.networks.count == 2 && !first.networks.isScattered)
        // What was shown last.
        #expect(first.credential == (try seen(1, at: 200)).credential && first.validity.notAfter == UnixSeconds(1200))
        _ = directory
    }

    @Test("is there again after the file was closed")
    func persistent() throws {
        let path = directory.file("r")
        let noted = try [seen(1, at: 200), seen(2)]
        do {
            let store = try SQLiteDeviceStore(path: path)
            #expect(try store.note(noted) == 0)
        }
        #expect(try SQLiteDeviceStore(path: path).observations(of: nil, since: UnixSeconds(.min)) == noted)
    }

    @Test("is told by listener and by how long ago", arguments: AnyStore.allCases)
    func selection(kind: AnyStore) throws {
        let (store, directory) = try kind.empty()
        _ = try store.note([seen(1, at: 100), seen(2, at: 200), seen(3, at: 300, listener: "wards")])
        func identities(_ listener: String?, _ since: Int64) throws -> [String] {
            try store.observations(of: listener, since: UnixSeconds(since)).map(\.key.identity.text)
        }
        #expect(try identities(nil, 0) == ["urn:pump:1", "urn:pump:2", "urn:pump:3"])
        #expect(try identities("devices", 200) == ["urn:pump:2"])
        #expect(try identities("wards", 301) == [])
        _ = directory
    }

    @Test("has a bound: what finds no room is counted, what is there already goes on", arguments: AnyStore.allCases)
    func bounded(kind: AnyStore) throws {
        let (store, directory) = try kind.empty()
        #expect(try store.note((1...5).map { try seen($0) }, rowsMax: 3) == 2)
        #expect(try store.note([seen(1), seen(9)], rowsMax: 3) == 1)
        let counts = try store.observations(of: nil, since: UnixSeconds(0)).map(\.count)
        #expect(counts == [2, 1, 1])
        _ = directory
    }

    @Test("networks that are too many, or that nothing of ours wrote")
    func networks() throws {
        var networks = ObservedNetworks(IPAddress(octets: [10, 0, 0, 1]))
        networks.add(ObservedNetworks(IPAddress(octets: [UInt8](repeating: 0xfd, count: 16))))
        #expect(ObservedNetworks(octets: networks.octets) == networks)
        for number in 0..<ObservedNetworks.networksMax {
            networks.add(ObservedNetworks(IPAddress(octets: [10, 1, UInt8(number), 1])))
        }
        #expect(networks.isScattered && networks.networks.isEmpty)
        #expect(ObservedNetworks(octets: networks.octets) == networks)
        let broken: [[UInt8]] = [
            [4], [4, 24], [4, 24, 10, 0, 0], [5, 24, 10, 0, 0, 0, 0], [4, 33, 10, 0, 0, 0], [4, 8, 10, 1, 0, 0],
        ]
        for octets in broken { #expect(ObservedNetworks(octets: octets) == nil) }
    }
}
