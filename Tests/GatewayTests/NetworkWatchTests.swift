import EventLoop
import PKITypes
import PathValidation
import Testing

@testable import DataPlane
@testable import Gateway

@Suite("One certificate in two networks")
struct NetworkWatchTests {
    private static let issuer = DistinguishedName(canonical: [0x30, 0], display: "CN=ca")

    private static func address(_ ip: String) throws -> SocketAddress { try #require(SocketAddress(ip: ip, port: 5000)) }

    private static func leaf(_ serial: UInt8) throws -> LeafRecord {
        LeafRecord(serial: try #require(SerialNumber(octets: [serial])), issuer: issuer, subject: nil)
    }

    private static func record(_ number: UInt32, _ ip: String, serial: UInt8 = 1) throws -> DecisionRecord {
        var record = DecisionRecord(
            id: DecisionID(run: 1, loop: 0, sequence: number), listener: "devices", source: try address(ip))
        record.identity = DeviceIdentity(text: "urn:pump:\(serial)")
        record.leaf = try leaf(serial)
        return record
    }

    private var watch = NetworkWatch()

    /// The sources of the others, and when they left.
    private mutating func began(_ number: UInt32, _ ip: String, serial: UInt8 = 1, at second: Int64) throws -> [String]? {
        try watch.began(Self.record(number, ip, serial: serial), at: UnixSeconds(second))?.others
            .map { "\($0.source) \($0.until?.rawValue ?? -1)" }
    }

    private mutating func ended(_ ip: String, serial: UInt8 = 1, at second: Int64) throws {
        try watch.ended(Self.leaf(serial), from: Self.address(ip), at: UnixSeconds(second))
    }

    @Test("A second network at the same time is an alarm with both sides' facts; the same network, another certificate are none")
    mutating func concurrent() throws {
        #expect(try began(1, "10.0.0.1", at: 100) == nil)
        #expect(try began(2, "10.0.0.255", at: 5_000) == nil)
        #expect(try began(3, "10.0.1.1", serial: 2, at: 5_000) == nil)
        let alarm = try #require(try watch.began(Self.record(4, "10.0.1.1"), at: UnixSeconds(9_000)))
        #expect(alarm.finding == .networks && alarm.identity.text == "urn:pump:1")
        let newcomer = CloneAlarm.Side(
            decision: DecisionID(run: 1, loop: 0, sequence: 4), listener: "devices", source: "10.0.1.1:5000",
            serial: SerialNumber(octets: [1]), since: UnixSeconds(9_000))
        #expect(alarm.newcomer == newcomer)
        let other = CloneAlarm.Side(
            decision: DecisionID(run: 1, loop: 0, sequence: 2), listener: "devices", source: "10.0.0.255:5000",
            serial: SerialNumber(octets: [1]), since: UnixSeconds(5_000))
        #expect(alarm.others == [other])
        #expect(alarm.fields["other_source"] == "10.0.0.255:5000" && alarm.fields["other_until"] == nil)
    }

    @Test("IPv6: a subnet of 64 bits is one network, the next one another; an IPv4 address is in none of them")
    mutating func sixes() throws {
        #expect(try began(1, "2001:db8:0:1::1", at: 1) == nil)
        #expect(try began(2, "2001:db8:0:1:ffff::2", at: 1) == nil)
        #expect(try began(3, "2001:db8:0:2::1", at: 1) == ["[2001:db8:0:1:ffff::2]:5000 -1"])
        #expect(try began(4, "10.0.0.1", at: 1)?.count == 2)
    }

    @Test("A network that was left counts for 30 seconds more, and is forgotten then")
    mutating func left() throws {
        for (end, second, others) in [(100, 130, ["10.0.0.1:5000 100"]), (1_000, 1_031, nil)] as [(Int64, Int64, [String]?)] {
            #expect(try began(1, "10.0.0.1", at: end - 40) == nil)
            try ended("10.0.0.1", at: end)
            #expect(try began(2, "10.0.1.1", at: second) == others)
            try ended("10.0.1.1", at: second)
        }
        #expect(try began(3, "10.0.2.1", serial: 9, at: 2_000) == nil)
        try ended("10.0.2.1", serial: 9, at: 2_000)
        #expect(try began(4, "10.0.2.1", serial: 8, at: 3_000) == nil)
        try ended("10.0.2.1", serial: 8, at: 3_000)
        try ended("10.0.2.1", serial: 8, at: 3_031)
        #expect(watch.isEmpty)
    }

    @Test("Of several sessions in a network each has to end; who comes back to it has not left it")
    mutating func several() throws {
        for number in 1...2 as ClosedRange<UInt32> { #expect(try began(number, "10.0.0.1", at: 100) == nil) }
        try ended("10.0.0.1", at: 200)
        #expect(try began(3, "10.0.1.1", at: 300) == ["10.0.0.1:5000 -1"])
        try ended("10.0.1.1", at: 300)
        try ended("10.0.0.1", at: 400)
        #expect(try began(4, "10.0.0.1", at: 420) == nil)
        #expect(try began(5, "10.0.1.1", at: 500) == ["10.0.0.1:5000 -1"])
        // An end that began before anybody looked is nobody's.
        for second in [501, 502, 503] as [Int64] { try ended("10.0.1.1", at: second) }
        #expect(try began(6, "10.0.0.1", at: 540) == nil)
    }

    @Test("Who flaps between two networks without ever being in both is found each time")
    mutating func flapping() throws {
        for round in 0..<4 as Range<Int64> {
            let (here, there) = round % 2 == 0 ? ("10.0.0.1", "10.0.1.1") : ("10.0.1.1", "10.0.0.1")
            let others = round == 0 ? nil : ["\(there):5000 \(95 + round * 10)"]
            #expect(try began(UInt32(round), here, at: 100 + round * 10) == others)
            try ended(here, at: 105 + round * 10)
        }
    }

    @Test("Of who is nobody, or nowhere, nothing is noted")
    mutating func nobody() throws {
        var record = try Self.record(1, "10.0.0.1")
        record.leaf = nil
        #expect(watch.began(record, at: UnixSeconds(1)) == nil)
        let unix = try #require(SocketAddress(unixPath: "/run/gate.sock"))
        var local = DecisionRecord(id: record.id, listener: "devices", source: unix)
        (local.identity, local.leaf) = (record.identity, try Self.leaf(1))
        #expect(watch.began(local, at: UnixSeconds(1)) == nil)
        #expect(watch.isEmpty)
    }
}
