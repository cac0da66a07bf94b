import Glibc
import PKITypes
import TLSStream
import TLSTesting
import Testing

@Suite("How a TLS connection ended is told apart")
struct EndOfStreamTests {
    @Test("close_notify is a clean end, after every octet", arguments: TLSVersion.allCases)
    func closeNotify(version: TLSVersion) throws {
        let pair = try TLSLaboratory().connectedPair(version...version)
        #expect(pair.write(.client, [1, 2, 3]) == .bytes(3))
        #expect(pair.client.sendCloseNotify() == .bytes(0))
        pair.sockets.endSending(.client)
        #expect(pair.read(.server).octets == [1, 2, 3])
        #expect(pair.read(.server).step == .closeNotify)
        #expect(pair.read(.server).step == .closeNotify, "and stays one")
    }

    @Test("FIN without close_notify is a truncation, after every octet", arguments: TLSVersion.allCases)
    func truncated(version: TLSVersion) throws {
        let pair = try TLSLaboratory().connectedPair(version...version)
        #expect(pair.write(.client, [1, 2, 3]) == .bytes(3))
        pair.sockets.endSending(.client)
        #expect(pair.read(.server).octets == [1, 2, 3])
        #expect(pair.read(.server).step == .truncated)
    }

    @Test("RST is neither", arguments: TLSVersion.allCases)
    func reset(version: TLSVersion) throws {
        let pair = try TLSLaboratory().connectedPair(version...version)
        pair.sockets.reset(.client)
        let end = pair.read(.server).step
        #expect(end == .failed(.transport(errno: ECONNRESET)))
        guard case .failed(let failure) = end else { return }
        #expect(failure.description == "Connection reset by peer")
    }

    @Test("After the peer's close_notify we may still send, and it still reads", arguments: TLSVersion.allCases)
    func halfClose(version: TLSVersion) throws {
        let pair = try TLSLaboratory().connectedPair(version...version)
        _ = pair.client.sendCloseNotify()
        #expect(pair.read(.server).step == .closeNotify)
        #expect(pair.write(.server, [7, 8, 9]) == .bytes(3))
        #expect(pair.read(.client).octets == [7, 8, 9])
        _ = pair.server.sendCloseNotify()
        #expect(pair.read(.client).step == .closeNotify)
    }

    @Test("An octet that was changed on its way is a failure, not an end", arguments: TLSVersion.allCases)
    func tampered(version: TLSVersion) throws {
        let pair = try TLSLaboratory().connectedPair(version...version)
        // An application-data record (RFC 8446 §5.1) that no key made.
        let forged: [UInt8] = [23, 3, 3, 0, 32] + [UInt8](repeating: 0xaa, count: 32)
        #expect(send(pair.sockets[.client], forged, forged.count, 0) == forged.count)
        guard case .failed(.protocolError) = pair.read(.server).step else {
            Issue.record("a forged record was taken")
            return
        }
        // bad_record_mac (RFC 8446 §6.2).
        #expect(pair.server.alertSent == 20)
        _ = pair.read(.client)
        #expect(pair.client.alertReceived == 20)
    }

    @Test("Plain text instead of a handshake")
    func plaintext() throws {
        let laboratory = try TLSLaboratory()
        let pair = TLSPair(
            server: try laboratory.serverContext(), client: try laboratory.clientContext(), judge: FixedJudge(.accept))
        let request = Array("GET / HTTP/1.1\r\n\r\n".utf8)
        #expect(send(pair.sockets[.client], request, request.count, 0) == request.count)
        pair.sockets.waitUntilReadable(.server)
        guard case .failed(.protocolError(_, let text)) = pair.server.handshake() else {
            Issue.record("plain text was taken for a handshake")
            return
        }
        #expect(text == "http request")
    }

    @Test("A transport that ends in mid-handshake is a truncation; one that is reset is a reset")
    func duringHandshake() throws {
        let laboratory = try TLSLaboratory()
        let ended = TLSPair(
            server: try laboratory.serverContext(), client: try laboratory.clientContext(), judge: FixedJudge(.accept))
        ended.sockets.endSending(.client)
        ended.sockets.waitUntilReadable(.server)
        #expect(ended.server.handshake() == .failed(.truncated))
        let reset = TLSPair(
            server: try laboratory.serverContext(), client: try laboratory.clientContext(), judge: FixedJudge(.accept))
        reset.sockets.reset(.client)
        reset.sockets.waitUntilReadable(.server)
        #expect(reset.server.handshake() == .failed(.transport(errno: ECONNRESET)))
    }

    @Test("Writing to a peer that is gone is a reset")
    func writeAfterReset() throws {
        let pair = try TLSLaboratory().connectedPair()
        pair.sockets.reset(.client)
        pair.sockets.waitUntilReadable(.server)
        guard case .failed(let failure) = pair.write(.server, [1]) else {
            Issue.record("a write into the void succeeded")
            return
        }
        #expect([TLSFailure.transport(errno: ECONNRESET), .transport(errno: EPIPE)].contains(failure))
    }
}
