import EventLoop
import Glibc
import Synchronization

/// A platform behind the gateway: it writes down what it receives and answers.
final class PrintingUpstream: Sendable {
    /// What it answers before the end of a connection, where it always says how many octets came.
    enum Answers: Sendable {
        case atTheEnd
        /// "ack" for every line, after so long.
        case everyLine(afterMilliseconds: Int32)
    }

    static let acknowledgement = Array("ack\n".utf8)

    /// How soon a thread notices that the demonstration ends.
    private static let tickMilliseconds: Int32 = 20

    let name: String
    let address: SocketAddress
    private let answers: Answers
    private let socket: ListeningSocket
    private let ledger: ReceivedLedger
    private let isStopped = Atomic<Bool>(false)

    init(_ name: String, port: UInt16, answers: Answers, ledger: ReceivedLedger) throws(SystemCallFailure) {
        guard let loopback = SocketAddress(ip: "127.0.0.1", port: port) else { preconditionFailure("loopback is an address") }
        self.name = name
        self.answers = answers
        self.ledger = ledger
        socket = try ListeningSocket.open(address: loopback, count: 1)[0]
        address = socket.address
        _ = LoopThread.spawn(name: "platform") { [self] in acceptLoop() }
    }

    static func receipt(for count: Int) -> [UInt8] { Array("received \(count) octets\n".utf8) }

    /// Its threads end within a tick.
    func stop() { isStopped.store(true, ordering: .releasing) }

    private func acceptLoop() {
        while !isStopped.load(ordering: .acquiring) {
            guard Self.isReady(socket.descriptor, POLLIN) else { continue }
            guard case .connection(let descriptor, _) = socket.accept() else { continue }
            let raw = descriptor.release()
            let connection = ledger.open(name)
            _ = LoopThread.spawn(name: "platform-peer") { [self] in serve(OwnedDescriptor(adopting: raw), connection) }
        }
    }

    private func serve(_ socket: consuming OwnedDescriptor, _ connection: Int) {
        var count = 0
        while !isStopped.load(ordering: .acquiring) {
            guard Self.isReady(socket.raw, POLLIN) else { continue }
            switch Self.read(socket.raw) {
            case .octets(let octets):
                count += octets.count
                ledger.receive(octets, on: connection)
                guard acknowledge(octets, socket.raw) else { return }
            case .end:
                _ = send(Self.receipt(for: count), socket.raw)
                return
            case .nothing: continue
            case .failed: return
            }
        }
    }

    private func acknowledge(_ octets: [UInt8], _ descriptor: Int32) -> Bool {
        guard case .everyLine(let delay) = answers else { return true }
        for octet in octets where octet == UInt8(ascii: "\n") {
            Patience.pause(milliseconds: delay)
            guard send(Self.acknowledgement, descriptor) else { return false }
        }
        return true
    }

    private enum Read { case octets([UInt8]), end, nothing, failed }

    private static func read(_ descriptor: Int32) -> Read {
        var result = IOResult.wouldBlock
        let octets = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, initialized in
            result = SystemCall.read(descriptor, into: UnsafeMutableRawBufferPointer(buffer))
            if case .bytes(let count) = result { initialized = count }
        }
        return switch result {
        case .bytes: .octets(octets)
        case .endOfFile: .end
        case .wouldBlock: .nothing
        case .failed: .failed
        }
    }

    private func send(_ octets: [UInt8], _ descriptor: Int32) -> Bool {
        var sent = 0
        while sent < octets.count, !isStopped.load(ordering: .acquiring) {
            switch octets.withUnsafeBytes({ SystemCall.write(descriptor, UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
            case .bytes(let count): sent += count
            case .wouldBlock: _ = Self.isReady(descriptor, POLLOUT)
            case .endOfFile, .failed: return false
            }
        }
        return sent == octets.count
    }

    private static func isReady(_ descriptor: Int32, _ events: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return poll(&entry, 1, tickMilliseconds) > 0
    }
}
