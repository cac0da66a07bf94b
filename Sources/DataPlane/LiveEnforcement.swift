import EventLoop
import PKITypes
import VerificationCore

/// A session as its enforcement knows it.
protocol LiveSession: AnyObject {
    /// Set while it is registered.
    var place: LivePlace? { get set }
    /// Decides by this snapshot, and ends the session when it is refused.
    func decideAgain(_ snapshot: VerificationSnapshot, now: UnixSeconds) -> Redecision
    /// Whether a snapshot that is not in force would end it.
    func wouldEnd(by snapshot: VerificationSnapshot, now: UnixSeconds) -> Bool
}

/// What came of deciding about a live session again.
enum Redecision: Equatable {
    /// Until this second; nil: until a record is read.
    case kept(until: UnixSeconds?)
    case cut
}

/// Keeps the live sessions of one loop in agreement with the newest snapshot and with the time: whoever a change may affect is
/// decided again, and nobody else.
///
/// It works in short turns. Between two of them the loop serves its sockets, so a change that affects everybody stalls nobody;
/// and it cuts at a pace, so that many ends are no burst.
final class LiveEnforcement<Session: LiveSession>: TimerHandler {
    /// One turn. A relay's round trip takes about as long.
    static var turnNanoseconds: UInt64 { 250_000 }
    /// Between two turns. To end a session also costs those who hear of it, on the same cores: a loop that took turn after turn
    /// would leave no core to the relays of others.
    static var restSeconds: Double { 0.0005 }
    /// Decisions between two looks at the clock: a microsecond each, or some tens when the session is cut.
    private static var decisionsPerLook: Int { 4 }
    /// How late a deadline, or a clock that was set, is noticed at the most.
    static var clockCheckSeconds: Double { 0.25 }

    private(set) var snapshot: VerificationSnapshot
    /// When it was published.
    private var publishedAt: UInt64
    private(set) var sessions = LiveSessions<Session>()
    private var pending = PendingDecisions()
    private var deadlines = DeadlineQueue()
    private var pace = CutPace()
    /// When time changes what the lists say, next.
    private var nextListMoment: UnixSeconds?
    let loop: EventLoop
    private let index: Int
    private let counters: LoopCounters
    private let report: (DataPlaneEvent) -> Void
    let now: () -> UnixSeconds
    private lazy var turn = Timer(loop: loop, handler: self)
    private lazy var clock = Timer(loop: loop, handler: self)
    var weighings: [OngoingWeighing] = []
    private(set) lazy var weighingTurn = Timer(loop: loop, handler: self)

    /// - Parameter now: what decisions go by.
    init(
        _ first: LoopGeneration, loop: EventLoop, index: Int, counters: LoopCounters, now: @escaping () -> UnixSeconds,
        report: @escaping (DataPlaneEvent) -> Void
    ) {
        snapshot = first.snapshot
        publishedAt = first.publishedAt
        self.loop = loop
        self.index = index
        self.counters = counters
        self.report = report
        self.now = now
    }

    var count: Int { sessions.count }
    /// Numbers of places are below this.
    var placeCount: Int { sessions.placeCount }

    subscript(place: Int) -> Session? { sessions[LivePlace(number: UInt32(place))] }

    // MARK: - Sessions

    /// A session begins. From here on every change finds it; and when its permit is of an older snapshot, it is decided by
    /// the newest before this returns, so that no change falls between its verdict and its registration.
    func register(_ session: Session, under keys: [LiveSessionKey], _ permit: Permit) {
        let place = sessions.insert(session, under: keys)
        session.place = place
        deadlines.set(place.number, to: permit.holdsUntil)
        watchClock()
        if permit.generation != snapshot.generation { decide(place) }
    }

    /// Nothing when it was not registered, or has left.
    func leave(_ session: Session) {
        guard let place = session.place else { return }
        session.place = nil
        sessions.remove(place)
        deadlines.remove(place.number)
    }

    /// A session was decided again because a record is read that its decision waited for.
    func note(_ redecision: Redecision, of session: Session) {
        switch redecision {
        case .kept(let until): if let until, let place = session.place { deadlines.set(place.number, to: until) }
        case .cut: counters.enforcementSeconds.record(nanoseconds: loop.monotonicNanoseconds - publishedAt)
        }
    }

    // MARK: - Changes

    func apply(_ generation: LoopGeneration) {
        snapshot = generation.snapshot
        publishedAt = generation.publishedAt
        pending.begin(.init(generation: snapshot.generation, publishedAt: generation.publishedAt))
        add(generation.change)
        // What time changed between the comparison and now was seen by nobody.
        nextListMoment = snapshot.nextListMoment(after: min(generation.comparedAt, now()))
        watchClock()
        takeTurn()
    }

    /// Lists speak that did not before, or by another's word.
    func decideAllAgain() {
        pending.addAll(below: sessions.placeCount)
        takeTurn()
    }

    private func add(_ change: SnapshotChange) {
        if forEachAffected(by: change, { pending.add($0.number) }) == .everybody { pending.addAll(below: sessions.placeCount) }
    }

    enum Affected { case named, everybody }

    func forEachAffected(by change: SnapshotChange, _ body: (LivePlace) -> Void) -> Affected {
        guard case .affecting(let credentials, let identities) = change else { return .everybody }
        for credential in credentials { sessions.forEach(under: LiveSessionKey(credential), body) }
        for identity in identities { sessions.forEach(under: LiveSessionKey(identity), body) }
        return .named
    }

    // MARK: - Time

    func fired(_ timer: Timer) {
        if timer === weighingTurn { return takeWeighingTurn() }
        if timer === clock { watchClock() }
        takeTurn()
    }

    /// While there is anything that time may change.
    private func watchClock() {
        guard sessions.count > 0 else { return clock.stop() }
        if !clock.isArmed { clock.start(afterSeconds: Self.clockCheckSeconds) }
    }

    private func addWhatIsDue() {
        let now = now()
        if let moment = nextListMoment, moment <= now {
            nextListMoment = snapshot.nextListMoment(after: now)
            pending.addAll(below: sessions.placeCount)
        }
    }

    // MARK: - Turns

    private func takeTurn() {
        addWhatIsDue()
        var moment = loop.monotonicNanoseconds
        let end = moment + Self.turnNanoseconds
        pace.begin(at: moment)
        var pause: UInt64 = pace.pause(at: moment)
        while pause == 0, moment < end {
            for _ in 0..<Self.decisionsPerLook {
                guard let place = pending.next() ?? deadlines.popDue(at: now()) else { return finish() }
                if decide(LivePlace(number: place)) == .cut { break }
            }
            moment = loop.monotonicNanoseconds
            pause = pace.pause(at: moment)
        }
        turn.start(afterSeconds: pause == 0 ? Self.restSeconds : Double(pause) / 1e9)
    }

    @discardableResult
    private func decide(_ place: LivePlace) -> Redecision? {
        // The session may have ended while it waited.
        guard let session = sessions[place] else { return nil }
        let redecision = session.decideAgain(snapshot, now: now())
        switch redecision {
        case .kept(let until):
            pending.noteKept()
            // Whatever is permitted is so in this second.
            if let until { deadlines.set(place.number, to: max(until, now())) }
        case .cut:
            pace.noteCut()
            pending.noteCut(at: loop.monotonicNanoseconds)
        }
        return redecision
    }

    private func finish() {
        pace.end()
        for pass in pending.finish() {
            if pass.cut > 0 { counters.enforcementSeconds.record(nanoseconds: pass.lastCutAt - pass.publishedAt) }
            let end = pass.cut > 0 ? pass.lastCutAt : loop.monotonicNanoseconds
            report(
                .snapshotApplied(
                    generation: pass.generation, loop: index, examined: pass.examined, cut: pass.cut,
                    nanoseconds: end - pass.publishedAt))
        }
    }
}

@available(*, unavailable)
extension LiveEnforcement: Sendable {}
