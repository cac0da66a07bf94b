import EchoUpstream
import Foundation
import LinuxPolling
import Testing

@Suite("The echo upstream returns every byte in order and ends when told", .timeLimit(.minutes(1)))
struct EchoReturnsEveryByteTests {
    @Test("also when the sender writes far more than the sockets hold before it reads", arguments: [1, 64, 8 * 1024 * 1024])
    func everyByte(count: Int) throws {
        var stop: [CInt] = [0, 0]
        try #require(pipe(&stop) == 0)
        let upstream = try EchoUpstream(bind: SocketAddress("127.0.0.1:0"))
        let address = try SocketAddress("127.0.0.1:\(upstream.port)")
        // SAFETY: handed to one thread, which alone uses it from here on.
        nonisolated(unsafe) let served = upstream
        let stopEnd = stop[0]
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            #expect(throws: Never.self) { try served.run(until: stopEnd) }
            ended.signal()
        }
        let sent = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try exchange(sent, with: address) == sent)
        close(stop[1])
        #expect(ended.wait(timeout: .now() + 10) == .success)
        close(stop[0])
    }

    private func exchange(_ bytes: [UInt8], with address: SocketAddress) throws -> [UInt8] {
        let socket = try address.makeSocket()
        let status = address.connect(socket)
        try #require(status == 0 || status == EINPROGRESS)
        let poller = try Poller()
        try poller.add(socket.raw, token: 0, interest: [.read, .write])
        var scratch = [UInt8](repeating: 0, count: 64 * 1024)
        var sent = 0
        var received: [UInt8] = []
        while received.count < bytes.count {
            _ = try poller.wait(milliseconds: 1000)
            let written = bytes[sent...].withUnsafeBytes { send(socket.raw, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            sent += max(0, written)
            if sent == bytes.count { try poller.change(socket.raw, token: 0, interest: .read) }
            let count = recv(socket.raw, &scratch, scratch.count, 0)
            try #require(count != 0, "the echo closed early")
            received += scratch[..<max(0, count)]
        }
        return received
    }
}
