import EventLoop
import Glibc
import Testing

@Suite("System calls return what happened")
struct SystemCallTests {
    @Test("bytes, would-block, and the end after the peer's FIN; the other direction stays open")
    func reading() throws {
        let pair = try ConnectedPair()
        #expect(receive(from: pair.far.raw).result == .wouldBlock)
        #expect(send("hello", to: pair.near.raw) == .bytes(5))
        #expect(receiveSoon(from: pair.far.raw) == (.bytes(5), "hello"))
        SystemCall.shutdownWrite(pair.near.raw)
        #expect(receiveSoon(from: pair.far.raw).result == .endOfFile)
        #expect(send("answer", to: pair.far.raw) == .bytes(6))
        #expect(receiveSoon(from: pair.near.raw).text == "answer")
    }

    @Test("a thread may ask to run soon without any privilege, and stay what it is")
    func slices() {
        #expect(SystemCall.askForShortSlices())
        #expect(sched_getscheduler(0) == SCHED_OTHER)
    }

    @Test("a full peer makes the writer wait")
    func fullBuffer() throws {
        let pair = try ConnectedPair()
        let chunk = String(repeating: "x", count: 1 << 20)
        var last = IOResult.bytes(0)
        for _ in 0..<100 where last != .wouldBlock { last = send(chunk, to: pair.near.raw) }
        #expect(last == .wouldBlock)
    }

    @Test("writing after shutdown is an error, not a signal")
    func brokenPipe() throws {
        let pair = try ConnectedPair()
        SystemCall.shutdownWrite(pair.near.raw)
        #expect(send("x", to: pair.near.raw) == .failed(errno: EPIPE))
        // Again is harmless.
        SystemCall.shutdownWrite(pair.near.raw)
    }

    @Test("a refused connect tells so, at once or when the socket becomes writable")
    func refused() throws {
        let address = try #require(try ListeningSocket.open(address: loopback(), count: 1).first).address
        let client = try SystemCall.streamSocket(for: address)
        do {
            let progress = try SystemCall.connect(client.raw, to: address)
            #expect(progress == .inProgress)
            pause(milliseconds: 50)
            #expect(SystemCall.pendingError(client.raw) == ECONNREFUSED)
        } catch {
            #expect(error == SystemCallFailure(call: "connect", errno: ECONNREFUSED))
        }
    }

    @Test("a listener without callers would block; one without descriptors says exhausted and keeps the caller waiting")
    func accepting() async throws {
        let socket = try #require(try ListeningSocket.open(address: loopback(), count: 1).first)
        guard case .wouldBlock = socket.accept() else {
            Issue.record("a connection from nowhere")
            return
        }
        // In a process of its own, because the limit is the process's.
        await #expect(processExitsWith: .success) {
            let socket = try #require(try ListeningSocket.open(address: loopback(), count: 1).first)
            let client = try SystemCall.streamSocket(for: socket.address)
            _ = try SystemCall.connect(client.raw, to: socket.address)
            pause(milliseconds: 50)
            let before = SystemCall.descriptorLimit()
            var limit = rlimit(rlim_cur: 0, rlim_max: rlim_t(before.hard))
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            guard case .exhausted(EMFILE) = socket.accept() else { exit(1) }
            limit.rlim_cur = rlim_t(before.soft)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            guard case .connection = socket.accept() else { exit(2) }
        }
    }

    @Test("each socket option is accepted by the kernel")
    func options() throws {
        let pair = try ConnectedPair()
        let options: [SocketOption] = [
            .noDelay, .reuseAddress, .reusePort, .keepAlive(idleSeconds: 60, intervalSeconds: 10, count: 3),
            .userTimeout(milliseconds: 30_000), .resetOnClose,
        ]
        for option in options { try option.apply(to: pair.near.raw) }
        #expect(integer(pair.near.raw, Int32(IPPROTO_TCP), TCP_NODELAY) == 1)
        #expect(integer(pair.near.raw, SOL_SOCKET, SO_KEEPALIVE) == 1)
        #expect(integer(pair.near.raw, Int32(IPPROTO_TCP), TCP_KEEPIDLE) == 60)
        #expect(integer(pair.near.raw, Int32(IPPROTO_TCP), TCP_KEEPINTVL) == 10)
        #expect(integer(pair.near.raw, Int32(IPPROTO_TCP), TCP_KEEPCNT) == 3)
        #expect(integer(pair.near.raw, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT) == 30_000)
    }

    @Test("an option that does not fit the socket is a typed failure")
    func wrongOption() throws {
        let unix = try SystemCall.streamSocket(for: try #require(SocketAddress(unixPath: "/tmp/x")))
        #expect(throws: SystemCallFailure(call: "setsockopt", errno: EOPNOTSUPP)) { try SocketOption.noDelay.apply(to: unix.raw) }
    }

    @Test("a descriptor that is not open ends the process: it would be someone else's next time")
    func foreignDescriptor() async {
        // Beyond every limit: the new process inherits what other tests have open without close-on-exec.
        await #expect(processExitsWith: .failure) { _ = send("x", to: .max) }
        await #expect(processExitsWith: .failure) { SystemCall.close(.max) }
    }

    @Test("an owned descriptor is closed when it goes, unless it was given away")
    func ownership() throws {
        let pair = try ConnectedPair()
        let kept: Int32
        do {
            let copy = try pair.near.duplicate()
            #expect(send("a", to: copy.raw) == .bytes(1))
            kept = try pair.near.duplicate().release()
        }
        let adopted = OwnedDescriptor(adopting: kept)
        #expect(send("b", to: adopted.raw) == .bytes(1))
        #expect(fcntl(adopted.raw, F_GETFD) & FD_CLOEXEC == FD_CLOEXEC)
    }

    @Test("failures read like sentences, limits like numbers")
    func texts() {
        #expect(SystemCallFailure(call: "bind", errno: EADDRINUSE).description == "bind: Address already in use")
        let limit = SystemCall.descriptorLimit()
        #expect(limit.soft > 0 && limit.soft <= limit.hard)
    }

    private func integer(_ descriptor: Int32, _ level: Int32, _ name: Int32) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, level, name, &value, &length)
        return value
    }
}
