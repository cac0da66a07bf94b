import DERTesting
import Glibc
import LabPKI
import PKITypes
import TLSStream
import TLSTesting
import Testing

@testable import TLSTermination

@Suite("Sessions, between OpenSSL and their keeper")
struct ResumptionTests {
    /// Keeps what it is given and hands it out as it is told to.
    private final class Shelf: SessionKeeper {
        var kept: [SessionID: [UInt8]] = [:]
        var asked: [SessionID] = []
        var forgotten: [SessionID] = []
        var handsOut = true
        var lifetime: Int64 = 3600

        func session(offeredAs id: SessionID) -> [UInt8]? {
            asked.append(id)
            return handsOut ? kept[id] : nil
        }

        func lifetimeOfNewSession() -> Int64 { lifetime }
        func keep(_ session: [UInt8], as id: SessionID) { kept[id] = session }
        func forget(_ id: SessionID) { forgotten.append(id) }
    }

    private struct Bench {
        let laboratory: TLSLaboratory
        let server: TLSServerContext
        let shelf = Shelf()
        let version: TLSVersion

        init(_ version: TLSVersion, listener: String = "pumps") throws {
            self.version = version
            laboratory = try TLSLaboratory()
            server = try laboratory.serverContext(resumption: Self.allowed(listener))
        }

        static func allowed(_ listener: String) -> Resumption {
            guard let digest = Fingerprint(octets: [UInt8](repeating: 7, count: 32)) else { preconditionFailure("32 octets") }
            return .allowed(SessionBinding(listener: listener, trustSet: digest, profile: .bcp195))
        }

        /// A connection over which the device read an octet, and with it the ticket of TLS 1.3.
        func visit(
            _ session: TLSSession? = nil, at server: TLSServerContext? = nil
        ) throws -> (pair: TLSPair, session: TLSSession?) {
            let pair = TLSPair(
                server: server ?? self.server, client: try laboratory.clientContext(versions: version...version),
                judge: FixedJudge(.accept), sessions: shelf, resuming: session
            )
            let outcome = pair.shakeHands()
            #expect(outcome == (.done, .done))
            #expect(pair.write(.server, [1]) == .bytes(1))
            #expect(pair.read(.client).octets == [1])
            return (pair, pair.client.session)
        }

        /// Of a full handshake.
        func session() throws -> TLSSession { try #require(visit().1) }
    }

    @Test("A session goes on, again and again, each handshake leaving a new one in TLS 1.3", arguments: TLSVersion.allCases)
    func goesOn(_ version: TLSVersion) throws {
        let bench = try Bench(version)
        var (pair, session) = try bench.visit()
        #expect(!pair.server.isResumed)
        for round in 1...3 {
            (pair, session) = try bench.visit(session)
            #expect(pair.server.isResumed && pair.client.isResumed, "round \(round)")
            #expect(bench.shelf.kept.count == (version == .tls13 ? round + 1 : 1), "round \(round)")
        }
    }

    @Test("What is kept has no certificate in it and is small", arguments: TLSVersion.allCases)
    func small(_ version: TLSVersion) throws {
        let bench = try Bench(version)
        _ = try bench.visit()
        let octets = try #require(bench.shelf.kept.values.first)
        #expect(octets.count < 240, "\(octets.count) octets")
        #expect(octets.first == 0x30 && !octets.contains(0xa3) || SessionEncoding.withoutPeer(octets) == octets)
    }

    @Test("The peer's certificate is cut out, whatever surrounds it; what is not an encoding is nothing")
    func encoding() {
        let before = Encode.integer(1) + Encode.octetString([1, 2, 3])
        let after = Encode.explicit(4, Encode.octetString([UInt8](repeating: 9, count: 200)))
        let peer = Encode.explicit(3, Encode.sequence(Encode.octetString([UInt8](repeating: 5, count: 1000))))
        let whole = Encode.sequence(before, peer, after)
        #expect(SessionEncoding.withoutPeer(whole) == Encode.sequence(before, after))
        #expect(SessionEncoding.withoutPeer(Encode.sequence(before)) == Encode.sequence(before))
        for count in 0..<whole.count { #expect(SessionEncoding.withoutPeer(Array(whole.prefix(count))) == nil) }
        #expect(SessionEncoding.withoutPeer(whole + [0]) == nil)
    }

    @Test("T3: a session that is not handed out is a full handshake without an alert", arguments: TLSVersion.allCases)
    func notHandedOut(_ version: TLSVersion) throws {
        let bench = try Bench(version)
        let session = try bench.session()
        bench.shelf.handsOut = false
        let (pair, _) = try bench.visit(session)
        #expect(!pair.server.isResumed && !pair.client.isResumed && bench.shelf.asked.count == 1)
        #expect(pair.server.alertSent == nil && pair.client.alertSent == nil)
    }

    @Test(
        "T1: OpenSSL itself does not go on from a session of another listener, and sends no alert",
        arguments: TLSVersion.allCases)
    func otherListener(_ version: TLSVersion) throws {
        let bench = try Bench(version)
        let session = try bench.session()
        let other = try bench.laboratory.serverContext(resumption: Bench.allowed("monitors"))
        let (pair, _) = try bench.visit(session, at: other)
        // It was even handed out.
        #expect(bench.shelf.asked.count == 1 && !pair.server.isResumed && pair.server.alertSent == nil)
    }

    @Test("Each of listener, trust set and profile makes another binding")
    func bindings() throws {
        let sets = try [1, 2].map { try #require(Fingerprint(octets: [UInt8](repeating: $0, count: 32))) }
        let all = ["a", "b"].flatMap { name in
            sets.flatMap { set in TLSProfile.allCases.map { SessionBinding(listener: name, trustSet: set, profile: $0) } }
        }
        #expect(Set(all).count == 2 * 2 * TLSProfile.allCases.count)
    }

    @Test("T4: the device is told how long its session really lasts, and OpenSSL holds to it")
    func lifetime() throws {
        let bench = try Bench(.tls13)
        bench.shelf.lifetime = 123
        let session = try bench.session()
        #expect(session.lifetimeHint == 123)
        bench.shelf.lifetime = 0
        // RFC 8446 §4.6.1: zero is to be thrown away at once, which not every client does.
        let dead = try #require(bench.visit(session).session)
        #expect(dead.lifetimeHint == 0)
    }

    @Test("A fatal alert makes the session forgotten (RFC 5246 §7.2.2), a broken line does not", arguments: TLSVersion.allCases)
    func fatalAlert(_ version: TLSVersion) throws {
        let bench = try Bench(version)
        for breakOff in [{ $0.reset(.client) }, { $0.endSending(.client) }] as [(SocketPair) -> Void] {
            let (pair, _) = try bench.visit()
            breakOff(pair.sockets)
            _ = pair.read(.server)
        }
        #expect(bench.shelf.forgotten.isEmpty && bench.shelf.kept.count == 2)
        let (pair, _) = try bench.visit()
        let record: [UInt8] = [0x17, 3, 3, 0, 32] + [UInt8](repeating: 0xaa, count: 32)
        #expect(write(pair.sockets[.client], record, record.count) == record.count)
        guard case .failed = pair.read(.server).step else {
            Issue.record("a broken record was read")
            return
        }
        #expect(bench.shelf.forgotten.count == 1 && bench.shelf.kept[bench.shelf.forgotten[0]] != nil)
    }

    @Test("Where nothing is resumed no session is given out, and none is asked for", arguments: TLSVersion.allCases)
    func never(_ version: TLSVersion) throws {
        let bench = try Bench(version)
        let never = try bench.laboratory.serverContext()
        let (_, session) = try bench.visit(at: never)
        #expect(bench.shelf.kept.isEmpty)
        if let session { #expect(try !bench.visit(session, at: never).pair.server.isResumed) }
        #expect(bench.shelf.asked.isEmpty)
    }
}
