import Glibc
import LabPKI
import PKITypes
import TLSStream
import TLSTermination
import TLSTesting
import Testing

@Suite("TLS parameters of a listener")
struct ParameterTests {
    private static let protocolVersion: UInt8 = 70
    private static let noApplicationProtocol: UInt8 = 120

    private func pair(
        _ profile: TLSProfile, versions: ClosedRange<TLSVersion>, listener: [String] = [], offered: [String] = []
    ) throws -> TLSPair {
        let laboratory = try TLSLaboratory()
        return TLSPair(
            server: try laboratory.serverContext(profile: profile, applicationProtocols: listener),
            client: try laboratory.clientContext(versions: versions, applicationProtocols: offered),
            judge: FixedJudge(.accept)
        )
    }

    @Test("The newest version that both have, and the profile's first suite", arguments: TLSProfile.allCases)
    func newest(profile: TLSProfile) throws {
        let pair = try pair(profile, versions: .tls12 ... .tls13)
        #expect(pair.shakeHands() == (.done, .done))
        #expect(pair.server.version == .tls13 && pair.client.version == .tls13)
        #expect(pair.server.cipherSuite == "TLS_AES_128_GCM_SHA256")
    }

    @Test("TLS 1.2 is served by bcp195 and refused by tls13-only")
    func tls12() throws {
        let served = try pair(.bcp195, versions: .tls12 ... .tls12)
        #expect(served.shakeHands() == (.done, .done))
        #expect(served.server.cipherSuite == "ECDHE-ECDSA-AES128-GCM-SHA256")
        let refused = try pair(.tls13Only, versions: .tls12 ... .tls12)
        guard case .refused(let failure) = refused.shakeHands().server else {
            Issue.record("TLS 1.2 was served")
            return
        }
        #expect(failure.reason == .handshakeFailed && failure.diagnosis == "unsupported protocol")
        #expect(refused.client.alertReceived == Self.protocolVersion)
    }

    @Test(
        "The device's first protocol that the listener has is chosen",
        arguments: [
            (["b", "a"], ["a", "b"], "a"), (["a", "b"], ["x", "b"], "b"), (["a"], [], nil), ([], ["a"], nil),
            (["ab"], ["a", "ab"], "ab"),
        ] as [([String], [String], String?)]
    )
    func applicationProtocol(listener: [String], offered: [String], chosen: String?) throws {
        let pair = try pair(.bcp195, versions: .tls12 ... .tls13, listener: listener, offered: offered)
        #expect(pair.shakeHands() == (.done, .done))
        #expect(pair.client.applicationProtocol == chosen && pair.server.applicationProtocol == chosen)
    }

    @Test("No protocol in common", arguments: TLSVersion.allCases)
    func noOverlap(version: TLSVersion) throws {
        let pair = try pair(.bcp195, versions: version...version, listener: ["a"], offered: ["b", "A"])
        guard case .refused(let failure) = pair.shakeHands().server else {
            Issue.record("a protocol was found")
            return
        }
        #expect(failure.diagnosis == "no application protocol")
        #expect(pair.client.alertReceived == Self.noApplicationProtocol)
    }

    @Test("A chain longer than chain_bytes is refused before anybody judges it", arguments: TLSVersion.allCases)
    func chainBytes(version: TLSVersion) throws {
        let laboratory = try TLSLaboratory()
        let judge = FixedJudge(.accept)
        let pair = TLSPair(
            server: try laboratory.serverContext(maximumChainBytes: laboratory.device.der.count / 2),
            client: try laboratory.clientContext(versions: version...version),
            judge: judge
        )
        guard case .refused(let failure) = pair.shakeHands().server else {
            Issue.record("a long chain was taken")
            return
        }
        #expect(failure.reason == .handshakeFailed && failure.diagnosis == "excessive message size")
        #expect(judge.seenLeaves.isEmpty)
    }

    @Test("After the handshake the server sends nothing by itself: no ticket", arguments: TLSVersion.allCases)
    func silence(version: TLSVersion) throws {
        let pair = try TLSLaboratory().connectedPair(version...version)
        var octet: UInt8 = 0
        // Not even a record that TLS would keep for itself.
        pair.sockets.waitUntilReadable(.client, milliseconds: 50)
        #expect(recv(pair.sockets[.client], &octet, 1, Int32(MSG_PEEK)) == -1 && errno == EAGAIN)
    }
}
