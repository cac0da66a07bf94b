import EventLoop
import LabPKI
import Observability
import PKITypes
import RevocationLists
import Synchronization
import Testing

@testable import DataPlane
@testable import VerificationCore

@Suite("Live sessions follow every change")
struct LiveEnforcementTests {
    /// More than a clock that was set stays unnoticed.
    private static let noticed = 2 * LiveEnforcement<Fake>.clockCheckSeconds

    /// A session that only remembers by which snapshots it was decided.
    final class Fake: LiveSession {
        var place: LivePlace?
        private(set) var generations: [UInt64] = []
        var verdict = Redecision.kept(until: UnixSeconds(.max))
        var onDecision: () -> Void = {}

        func wouldEnd(by snapshot: VerificationSnapshot, now: UnixSeconds) -> Bool { verdict == .cut }

        func decideAgain(_ snapshot: VerificationSnapshot, now: UnixSeconds) -> Redecision {
            generations.append(snapshot.generation)
            onDecision()
            return verdict
        }
    }

    /// One loop's enforcement, with a clock that stands where the test sets it.
    final class Bench: TimerHandler {
        let loop = EventLoop()
        let counters = LoopCounters()
        var now = UnixSeconds(1000)
        private(set) var applied: [(generation: UInt64, examined: Int, cut: Int)] = []
        private(set) lazy var live = LiveEnforcement<Fake>(
            Bench.generation(1), loop: loop, index: 0, counters: counters, now: { [unowned self] in now },
            report: { [unowned self] event in
                if case .snapshotApplied(let generation, _, let examined, let cut, _) = event {
                    applied.append((generation, examined, cut))
                }
            })
        private lazy var next = Timer(loop: loop, handler: self)
        private var steps: ArraySlice<(seconds: Double, body: () -> Void)> = []

        static func generation(
            _ number: UInt64, _ change: SnapshotChange = .none, lists: [IndexedList] = [], anchors: [TrustAnchorEntry] = []
        ) -> LoopGeneration {
            let snapshot = VerificationSnapshot(
                generation: number, anchors: anchors, trustByListener: [:], policies: [],
                revocation: RevocationIndex(lists: lists), devices: DeviceIndex(), clockSkewSeconds: 0)
            return LoopGeneration(
                snapshot: snapshot, change: change, comparedAt: UnixSeconds(1000), listeners: [],
                publishedAt: MonotonicClock.nanoseconds())
        }

        func session(_ number: Int, generation: UInt64 = 1, until: Int64 = .max) -> Fake {
            let session = Fake()
            let identity = DeviceIdentity(text: "\(number)")
            let permit = Permit(
                identity: identity, policy: "all", generation: generation, warnings: [], holdsUntil: UnixSeconds(until))
            let keys = [LiveSessionKey(IdentityMark(identity)), LiveSessionKey(Self.credential(number))]
            live.register(session, under: keys, permit)
            return session
        }

        static func credential(_ number: Int) -> CredentialID {
            CredentialID(
                anchorEntry: "ca", issuer: DistinguishedName(canonical: [1], display: "ca"),
                serial: SerialNumber(high: 0, middle: 0, low: UInt64(number), count: 4))
        }

        /// Serves the loop: after each of the times comes its step, and the last one ends it.
        func serve(_ steps: (seconds: Double, body: () -> Void)...) {
            self.steps = steps[...]
            next.start(afterSeconds: steps[0].seconds)
            loop.run()
        }

        func fired(_ timer: Timer) {
            steps.popFirst()?.body()
            guard let step = steps.first else { return loop.stop() }
            next.start(afterSeconds: step.seconds)
        }
    }

    @Test("Exactly those whom a change names are decided again")
    func named() {
        let bench = Bench()
        let sessions = (0..<100).map { bench.session($0) }
        func mark(_ identity: String) -> IdentityMark { IdentityMark(DeviceIdentity(text: identity)) }
        bench.live.apply(
            Bench.generation(
                2,
                .affecting(
                    credentials: [Bench.credential(7), Bench.credential(700)],
                    identities: [mark("8"), mark("9")])))
        let decided = sessions.indices.filter { !sessions[$0].generations.isEmpty }
        #expect(decided == [7, 8, 9])
        #expect(bench.applied.map(\.examined) == [3])
        bench.live.apply(Bench.generation(3))
        #expect(bench.applied.map(\.examined) == [3, 0])
        #expect(sessions.map(\.generations).filter { $0.contains(3) }.isEmpty)
        sessions.forEach { bench.live.leave($0) }
    }

    @Test("A change for everybody reaches everybody, in turns between which the loop serves others")
    func everybody() {
        let bench = Bench()
        let sessions = (0..<3000).map { bench.session($0) }
        for session in sessions {
            session.onDecision = {
                let end = MonotonicClock.nanoseconds() + 2000
                while MonotonicClock.nanoseconds() < end {}
            }
        }
        sessions[2999].verdict = .cut
        bench.live.apply(Bench.generation(2, .everything))
        // Six milliseconds of work do not fit into a turn.
        #expect(bench.applied.isEmpty)
        #expect(sessions[2999].generations.isEmpty)
        bench.serve((0.5, {}))
        #expect(sessions.allSatisfy { $0.generations == [2] })
        #expect(bench.applied.map(\.examined) == [3000] && bench.applied.map(\.cut) == [1])
        #expect(LatencyDistribution.total([bench.counters.enforcementSeconds]).count == 1)
        sessions.forEach { bench.live.leave($0) }
    }

    @Test("Many are cut one after the other, and between two the loop serves others; the first is cut at once")
    func paced() {
        let bench = Bench()
        let sessions = (0..<40).map { bench.session($0) }
        for session in sessions[..<20] { session.verdict = .cut }
        let named = Set((0..<40).map { IdentityMark(DeviceIdentity(text: "\($0)")) })
        bench.live.apply(Bench.generation(2, .identities(named)))
        func decided() -> Int { sessions[..<20].count { !$0.generations.isEmpty } }
        #expect(decided() == 1)
        bench.serve((0.5, {}))
        #expect(decided() == 20 && bench.applied.map(\.examined) == [40] && bench.applied.map(\.cut) == [20])
        sessions.forEach { bench.live.leave($0) }
    }

    @Test("A snapshot that comes between two turns decides those who waited, and those whom it names once more")
    func newer() {
        let bench = Bench()
        let sessions = (0..<3000).map { bench.session($0) }
        for session in sessions {
            session.onDecision = {
                let end = MonotonicClock.nanoseconds() + 1000
                while MonotonicClock.nanoseconds() < end {}
            }
        }
        bench.live.apply(Bench.generation(2, .everything))
        #expect(sessions[0].generations == [2] && sessions[2999].generations.isEmpty)
        bench.live.apply(Bench.generation(3, .credentials([Bench.credential(0)])))
        #expect(sessions[0].generations == [2, 3])
        bench.serve((0.5, {}))
        #expect(sessions[2999].generations == [3])
        #expect(sessions.allSatisfy { !$0.generations.isEmpty && $0.generations.count <= 2 })
        #expect(bench.applied.map(\.generation) == [2, 3])
        sessions.forEach { bench.live.leave($0) }
    }

    @Test("A change is weighed in turns: whoever it affects is counted once, and nobody is cut")
    func weighed() {
        let bench = Bench()
        let sessions = (0..<3000).map { bench.session($0) }
        for session in sessions[..<10] { session.verdict = .cut }
        let heard = Mutex<[SessionsAtStake]>([])
        func weigh(_ change: SnapshotChange) {
            let snapshot = Bench.generation(2).snapshot
            bench.live.weigh(
                ChangeWeighing(snapshot: snapshot, change: change) { answer in
                    heard.withLock { $0.append(answer) }
                })
        }
        let identity = IdentityMark(DeviceIdentity(text: "7"))
        weigh(.affecting(credentials: [Bench.credential(7), Bench.credential(100)], identities: [identity]))
        weigh(.everything)
        bench.serve((0.5, {}))
        let answers = heard.withLock { $0 }
        #expect(answers == [SessionsAtStake(all: 3000, ending: 1), SessionsAtStake(all: 3000, ending: 10)])
        #expect(sessions.allSatisfy { $0.generations.isEmpty && $0.place != nil })
        sessions.forEach { bench.live.leave($0) }
    }

    @Test("T30: a session with a permit of an older snapshot is decided by the newest before anything is relayed")
    func late() {
        let bench = Bench()
        bench.live.apply(Bench.generation(2))
        let late = bench.session(1, generation: 1)
        let current = bench.session(2, generation: 2)
        #expect(late.generations == [2])
        #expect(current.generations.isEmpty)
        bench.live.leave(late)
        bench.live.leave(current)
    }

    @Test("Who has left is not asked, and whoever has the place now is harmed by nobody's end")
    func left() {
        let bench = Bench()
        let sessions = (0..<4).map { bench.session($0) }
        sessions[0].onDecision = { bench.live.leave(sessions[1]) }
        sessions[0].verdict = .cut
        bench.live.apply(Bench.generation(2, .everything))
        bench.serve((0.2, {}))
        #expect(sessions.map(\.generations) == [[2], [], [2], [2]])
        bench.live.leave(sessions[1])
        for session in [sessions[0], sessions[2], sessions[3]] { bench.live.leave(session) }
        #expect(bench.live.count == 0)
    }

    @Test("A permit that ends is asked for again when its last second is over, also when the clock was set")
    func deadlines() {
        let bench = Bench()
        let (soon, later) = (bench.session(1, until: 1000), bench.session(2, until: 5000))
        soon.verdict = .kept(until: UnixSeconds(4000))
        bench.serve(
            (
                Self.noticed,
                {
                    #expect(soon.generations.isEmpty)
                    bench.now = UnixSeconds(1001)
                }
            ),
            (
                Self.noticed,
                {
                    #expect(soon.generations == [1] && later.generations.isEmpty)
                    bench.now = UnixSeconds(5001)
                }
            ),
            (Self.noticed, { #expect(soon.generations.count == 2 && later.generations == [1]) }))
        for session in [soon, later] { bench.live.leave(session) }
    }

    @Test("When time changes what the lists say, everybody is decided again")
    func listMoments() throws {
        let bench = Bench()
        let session = bench.session(1)
        let signed = try LabCertificateAuthority().revocationList(thisUpdate: UnixSeconds(900), nextUpdate: UnixSeconds(2000))
        let list = IndexedList(
            source: "test", anchorEntry: "ca", list: try CertificateRevocationList(der: signed.der),
            nextUpdate: UnixSeconds(2000), signature: ListSignature(covered: .digest([]), algorithm: [], value: []),
            hash: SipHash(keyLow: 1, keyHigh: 2))
        let policy = RevocationPolicy(
            stale: StaleListPolicy(admit: .none, liveSessions: .close, graceSeconds: 0, warnBeforeSeconds: 0))
        let anchor = TrustAnchorEntry(
            name: "ca", fingerprints: [], identitySource: .sanURI, vouchesFor: [], maximumCertificateLifetimeSeconds: .max,
            revocation: policy)
        bench.live.apply(Bench.generation(2, lists: [list], anchors: [anchor]))
        #expect(bench.applied.map(\.examined) == [0])
        bench.serve(
            (
                Self.noticed,
                {
                    #expect(session.generations.isEmpty)
                    bench.now = UnixSeconds(2001)
                }
            ), (Self.noticed, {}))
        #expect(session.generations == [2])
        bench.live.leave(session)
    }
}
