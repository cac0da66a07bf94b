import LoadClient
import Testing

@Suite("An exchange sends within its window and ends when everything has come back")
struct EchoExchangeTests {
    @Test("one message: sent in two parts, over when its last byte is back")
    func oneMessage() {
        var exchange = EchoExchange(window: 64, write: 64, limit: .bytes(64))
        #expect(exchange.sendable == 64)
        exchange.didSend(40)
        #expect(exchange.sendable == 24)
        exchange.didSend(24)
        #expect(exchange.sendable == 0)
        #expect(exchange.didReceive(63) == .incomplete)
        #expect(!exchange.isOver)
        #expect(exchange.didReceive(1) == .caughtUp)
        #expect(exchange.isOver)
    }

    @Test("a half-sent message whose first half is back is not a round trip")
    func halfMessage() {
        var exchange = EchoExchange(window: 256, write: 256, limit: .untilStopped)
        exchange.didSend(100)
        #expect(exchange.didReceive(100) == .incomplete)
        exchange.didSend(156)
        #expect(exchange.didReceive(156) == .caughtUp)
        #expect(exchange.sendable == 256)
    }

    @Test("a full window waits for the echo")
    func window() {
        var exchange = EchoExchange(window: 48, write: 16, limit: .untilStopped)
        for _ in 0..<3 { exchange.didSend(16) }
        #expect(exchange.sendable == 0)
        #expect(exchange.didReceive(8) == .incomplete)
        #expect(exchange.sendable == 8)
    }

    @Test("stopping sends nothing new and waits for what is under way")
    func stopping() {
        var exchange = EchoExchange(window: 48, write: 16, limit: .untilStopped)
        exchange.didSend(16)
        exchange.stop()
        #expect(exchange.sendable == 0)
        #expect(!exchange.isOver)
        #expect(exchange.didReceive(16) == .caughtUp)
        #expect(exchange.isOver)
    }

    @Test("more than was sent is not an echo")
    func tooMuch() {
        var exchange = EchoExchange(window: 64, write: 64, limit: .bytes(64))
        exchange.didSend(10)
        #expect(exchange.didReceive(11) == nil)
        #expect(exchange.didReceive(10) == .incomplete)
    }
}
