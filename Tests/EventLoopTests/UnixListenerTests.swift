import EventLoop
import Glibc
import Testing

@Suite("A unix listener owns its file, and takes nobody else's")
struct UnixListenerTests {
    private let directory = TemporaryDirectory()

    @Test("all loops accept from one queue; the file has the mode that was asked for", arguments: [0o600, 0o660, 0o666])
    func serving(mode: Int) throws {
        let path = directory.file("s")
        let address = try #require(SocketAddress(unixPath: path))
        let sockets = try ListeningSocket.open(address: address, count: 2, fileMode: mode_t(mode))
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == mode_t(mode))
        for socket in sockets {
            let client = try SystemCall.streamSocket(for: address)
            #expect(try SystemCall.connect(client.raw, to: address) == .connected)
            guard case .connection(_, let peer) = socket.accept() else {
                Issue.record("nobody to accept")
                continue
            }
            #expect(peer.unixPath == "")
            #expect(peer.isLoopback)
        }
    }

    @Test("an address in use is refused and its file stays")
    func inUse() throws {
        let address = try #require(SocketAddress(unixPath: directory.file("s")))
        let sockets = try ListeningSocket.open(address: address, count: 1)
        #expect(throws: SystemCallFailure(call: "bind", errno: EADDRINUSE)) {
            try ListeningSocket.open(address: address, count: 1)
        }
        let client = try SystemCall.streamSocket(for: address)
        #expect(try SystemCall.connect(client.raw, to: address) == .connected)
        withExtendedLifetime(sockets) {}
    }

    @Test("a dead process's socket file is replaced")
    func abandoned() throws {
        let address = try #require(SocketAddress(unixPath: directory.file("s")))
        do {
            let dead = try SystemCall.streamSocket(for: address)
            try SystemCall.bind(dead.raw, to: address)
        }
        #expect(access(directory.file("s"), F_OK) == 0)
        let sockets = try ListeningSocket.open(address: address, count: 1)
        #expect(sockets.count == 1)
    }

    @Test("a file that is no socket is left alone")
    func ordinaryFile() throws {
        let path = directory.file("notes")
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        close(file)
        let address = try #require(SocketAddress(unixPath: path))
        #expect(throws: SystemCallFailure(call: "bind", errno: EADDRINUSE)) {
            try ListeningSocket.open(address: address, count: 1)
        }
        #expect(access(path, F_OK) == 0)
    }

    @Test("the file goes with the last socket, but not when it became someone else's")
    func removal() throws {
        let path = directory.file("s")
        let address = try #require(SocketAddress(unixPath: path))
        var sockets = try ListeningSocket.open(address: address, count: 2)
        sockets.removeLast()
        #expect(access(path, F_OK) == 0)
        sockets = []
        #expect(access(path, F_OK) != 0)

        sockets = try ListeningSocket.open(address: address, count: 1)
        rename(path, directory.file("moved"))
        let successor = try ListeningSocket.open(address: address, count: 1)
        sockets = []
        #expect(access(path, F_OK) == 0)
        withExtendedLifetime(successor) {}
    }
}
