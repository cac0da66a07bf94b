import Glibc
import LinuxPolling

/// Drives the connections of one plan against one target, on the calling thread.
package final class LoadRun {
    private let plan: LoadPlan
    private let target: SocketAddress
    private let serverName: String?
    private let context: TLSClientContext
    private let credentials: [Credential]
    /// Nil: nothing is resumed.
    private let sessions: SessionPool?
    private let poller: Poller
    private var slots: [ClientConnection?]
    private var freeSlots: [Int]
    private var outcome = LoadOutcome()
    private var surroundings: ClientConnection.Surroundings
    private var gate: Gate
    private var nextScanAt: UInt64 = 0
    /// When no more connections are opened.
    private var opensUntil = UInt64.max

    /// When connections may begin to exchange bytes.
    private enum Gate {
        /// At once, each for itself.
        case open
        /// When all have finished their handshakes, so that handshakes are not measured with the exchange.
        case waitsForAll
        case openedAt(UInt64)
        case over
    }

    /// Bytes taken by one `SSL_read`: at least a TLS record.
    private static let scratchBytes = 64 * 1024
    /// How often time-outs are looked for and progress is reported.
    private static let scanNanoseconds: UInt64 = 100_000_000
    private static let handshakesUnderWay = 256
    private static let stopToken = UInt64.max

    package init(
        plan: LoadPlan, target: SocketAddress, serverName: String?, context: TLSClientContext, credentials: [Credential]
    ) throws(SystemFailure) {
        precondition(!credentials.isEmpty, "a device needs a credential")
        self.plan = plan
        self.target = target
        self.serverName = serverName
        self.context = context
        self.credentials = credentials
        sessions = plan.resumption == .wherePossible ? SessionPool(credentials: credentials.count) : nil
        poller = try Poller()
        slots = Array(repeating: nil, count: plan.parallel)
        freeSlots = Array((0..<plan.parallel).reversed())
        surroundings = ClientConnection.Surroundings(
            pattern: EchoPattern(longest: Self.scratchBytes),
            scratch: .allocate(byteCount: Self.scratchBytes, alignment: 16)
        )
        gate = plan.durationNanoseconds == nil ? .open : .waitsForAll
    }

    deinit { surroundings.scratch.deallocate() }

    /// Runs to the end of the plan, or until `stop` becomes readable; `progress` is called a few times a second.
    package func run(until stop: CInt?, progress: (LoadOutcome) -> Void) throws(SystemFailure) -> LoadOutcome {
        if let stop { try poller.add(stop, token: Self.stopToken, interest: .read) }
        let begin = MonotonicClock.now()
        nextScanAt = begin + Self.scanNanoseconds
        if let time = plan.openingNanoseconds { opensUntil = begin + time }
        var now = begin
        while true {
            try openConnections()
            if freeSlots.count == slots.count { break }
            let tokens = try poller.wait(milliseconds: CInt(Self.scanNanoseconds / 1_000_000))
            now = MonotonicClock.now()
            if tokens.contains(Self.stopToken) {
                outcome.ending = .interrupted
                break
            }
            for token in tokens { try advance(Int(token), now: now) }
            try moveGate(now: now)
            if now >= nextScanAt {
                nextScanAt = now + Self.scanNanoseconds
                failStalled(now: now)
                progress(summary(begin: begin, now: now))
            }
        }
        return summary(begin: begin, now: MonotonicClock.now())
    }

    private func summary(begin: UInt64, now: UInt64) -> LoadOutcome {
        var result = outcome
        result.messages = surroundings.messages
        result.bytesEchoed = surroundings.bytes
        result.messageLatencies = surroundings.latencies
        result.elapsedNanoseconds = now - begin
        switch gate {
        case .open: result.exchangeNanoseconds = now - begin
        case .waitsForAll: result.exchangeNanoseconds = 0
        // Opened within this very turn, whose time was taken before.
        case .openedAt(let opened): result.exchangeNanoseconds = now > opened ? now - opened : 0
        case .over: result.exchangeNanoseconds = outcome.exchangeNanoseconds
        }
        return result
    }

    /// Idle sessions are many, and a gateway sheds handshakes of which it has too many under way.
    private var mayOpen: Bool {
        if plan.exchangesAtTheEnd {
            return outcome.started - Int(outcome.handshakeLatencies.count) - outcome.failed < Self.handshakesUnderWay
        }
        return opensUntil == .max || MonotonicClock.now() < opensUntil
    }

    private func openConnections() throws(SystemFailure) {
        while outcome.started < plan.connections, mayOpen, let slot = freeSlots.popLast() {
            let socket = try target.makeSocket()
            let raw = socket.raw
            let status = target.connect(socket)
            let credential = outcome.started % credentials.count
            outcome.started += 1
            guard status == 0 || status == EINPROGRESS else {
                outcome.failures[LoadFailure(phase: .connect, cause: .system(status)), default: 0] += 1
                freeSlots.append(slot)
                continue
            }
            let connection = ClientConnection(
                socket: socket, context: context, credentials: credentials, credential: credential, serverName: serverName,
                exchange: plan.makeExchange(), now: MonotonicClock.now()
            )
            sessions?.offer(on: connection.ssl, credential: credential)
            slots[slot] = connection
            try poller.add(raw, token: UInt64(slot), interest: .write)
        }
    }

    private func advance(_ slot: Int, now: UInt64) throws(SystemFailure) {
        guard let connection = slots[slot] else { return }
        let before = connection.interest
        var step = connection.advance(&surroundings, now: now)
        if case .waiting = step, connection.phase == .parked, connection.handshakeEndedAt >= now {
            outcome.handshakeLatencies.record(connection.handshakeEndedAt - connection.startedAt)
            if case .open = gate {
                connection.beginExchange(now: now)
                step = connection.advance(&surroundings, now: now)
            }
        }
        switch step {
        case .waiting:
            if connection.interest != before {
                try poller.change(connection.raw, token: UInt64(slot), interest: connection.interest)
            }
        case .finished: finish(slot, connection)
        case .failed(let cause): fail(slot, connection, cause)
        }
    }

    private func finish(_ slot: Int, _ connection: ClientConnection) {
        outcome.succeeded += 1
        outcome.connectionLatencies.record(MonotonicClock.now() - connection.startedAt)
        outcome.agreements[connection.describeAgreement(), default: 0] += 1
        if connection.wasOfferedTicket { outcome.connectionsWithTicket += 1 }
        if connection.isResumed { outcome.resumed += 1 }
        connection.sendCloseNotify()
        sessions?.keep(of: connection.ssl, credential: connection.credential)
        release(slot)
    }

    private func fail(_ slot: Int, _ connection: ClientConnection, _ cause: LoadFailure.Cause) {
        outcome.failures[LoadFailure(phase: connection.failurePhase, cause: cause), default: 0] += 1
        release(slot)
    }

    private func release(_ slot: Int) {
        slots[slot] = nil
        freeSlots.append(slot)
    }

    private func moveGate(now: UInt64) throws(SystemFailure) {
        switch gate {
        case .open, .over: return
        case .waitsForAll:
            let live = slots.compactMap { $0 }
            guard outcome.started == plan.connections, !live.isEmpty, live.allSatisfy({ $0.phase == .parked }) else { return }
            let opened = MonotonicClock.now()
            gate = .openedAt(opened)
            if plan.exchangesAtTheEnd { return }
            live.forEach { $0.beginExchange(now: opened) }
            try advanceAll(now: opened)
        case .openedAt(let opened):
            guard let duration = plan.durationNanoseconds, now >= opened + duration else { return }
            outcome.exchangeNanoseconds = now - opened
            gate = .over
            for case let connection? in slots {
                if plan.exchangesAtTheEnd { connection.beginExchange(now: now) } else { connection.stopExchange() }
            }
            try advanceAll(now: now)
        }
    }

    private func advanceAll(now: UInt64) throws(SystemFailure) {
        for slot in slots.indices { try advance(slot, now: now) }
    }

    private func failStalled(now: UInt64) {
        for (slot, connection) in slots.enumerated() {
            guard let connection, connection.phase != .parked, now >= connection.movedAt + plan.timeoutNanoseconds else {
                continue
            }
            fail(slot, connection, .timeout)
        }
    }
}
