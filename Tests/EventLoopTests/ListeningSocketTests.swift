import EventLoop
import Glibc
import Synchronization
import Testing

@Suite("One process listens on an address, on all its loops")
struct ListeningSocketTests {
    @Test("sockets of one listener share the port that the first was given; every connection reaches one of them")
    func sharing() throws {
        let sockets = try ListeningSocket.open(address: loopback(), count: 4)
        #expect(sockets.count == 4)
        #expect(Set(sockets.map(\.address)).count == 1)
        let address = try #require(sockets.first).address
        #expect(address.port != 0)

        var clients: [Int32] = []
        defer { for client in clients { close(client) } }
        for _ in 0..<64 {
            let client = try SystemCall.streamSocket(for: address)
            _ = try SystemCall.connect(client.raw, to: address)
            clients.append(client.release())
        }
        pause(milliseconds: 50)
        let counts = sockets.map(acceptAll)
        #expect(counts.reduce(0, +) == 64)
        #expect(counts.filter { $0 > 0 }.count > 1, "the kernel spreads connections: \(counts)")
    }

    @Test("a second instance fails with EADDRINUSE, whatever its number of loops", arguments: [1, 3], [1, 3])
    func secondInstance(first: Int, second: Int) throws {
        let sockets = try ListeningSocket.open(address: loopback(), count: first)
        let address = try #require(sockets.first).address
        #expect(throws: SystemCallFailure(call: "bind", errno: EADDRINUSE)) {
            try ListeningSocket.open(address: address, count: second)
        }
        withExtendedLifetime(sockets) {}
    }

    @Test("of instances that start at the same moment never two succeed")
    func simultaneousStart() throws {
        for _ in 0..<40 {
            let address = try #require(try ListeningSocket.open(address: loopback(), count: 1).first).address
            let winners = Mutex<[[ListeningSocket]]>([])
            let ready = Atomic<Int>(0)
            let threads = (0..<3).map { _ in
                LoopThread.spawn(name: "instance") {
                    ready.add(1, ordering: .sequentiallyConsistent)
                    while ready.load(ordering: .sequentiallyConsistent) < 3 { sched_yield() }
                    guard let sockets = try? ListeningSocket.open(address: address, count: 2) else { return }
                    winners.withLock { $0.append(sockets) }
                }
            }
            for thread in threads { thread.join() }
            #expect(winners.withLock { $0.count } <= 1)
        }
    }

    @Test("the port is free again once all sockets are gone, although connections linger")
    func reopening() throws {
        var sockets = try ListeningSocket.open(address: loopback(), count: 2)
        let address = try #require(sockets.first).address
        let client = try SystemCall.streamSocket(for: address)
        _ = try SystemCall.connect(client.raw, to: address)
        pause(milliseconds: 10)
        // The listener's side closes first, which leaves it in TIME_WAIT.
        #expect(sockets.map(acceptAll).reduce(0, +) == 1)
        sockets = []
        sockets = try ListeningSocket.open(address: address, count: 2)
        #expect(sockets.first?.address == address)
    }

    @Test("a dual-stack listener sees an IPv4 client with its IPv4 address")
    func dualStack() throws {
        let any = try #require(SocketAddress(ip: "::", port: 0))
        let pair = try ConnectedPair(listeningOn: any)
        #expect(pair.peer.ipOctets == [127, 0, 0, 1])
        #expect(pair.peer.isLoopback)
        #expect(pair.peer.description == "127.0.0.1:\(pair.peer.port ?? 0)")
    }

    private func acceptAll(_ socket: ListeningSocket) -> Int {
        var count = 0
        while case .connection = socket.accept() { count += 1 }
        return count
    }
}
