import PKITypes
import RandomTesting
import TLSStream
import TLSTermination
import Testing

@Suite("The store of sessions")
struct SessionStoreTests {
    private typealias Store = SessionStore<Int>

    private static func id(_ number: Int) -> SessionID {
        guard let id = SessionID(octets: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 8 * 8)) }) else {
            preconditionFailure("32 octets")
        }
        return id
    }

    private static func device(_ number: Int) -> DeviceIdentity { DeviceIdentity(text: "urn:hospital:device:pump:\(number)") }

    private static func entry(
        _ session: Int, device number: Int = 0, octets: Int = 1, _ period: ClosedRange<Int64> = 0...1000
    ) -> Store.Entry {
        Store.Entry(
            session: session, device: device(number), octets: octets,
            period: Validity(notBefore: UnixSeconds(period.lowerBound), notAfter: UnixSeconds(period.upperBound))
        )
    }

    @Test("A session is found until it is over, and gone after, also when the clock stands before it began")
    func period() {
        for (now, isFound) in [(9, false), (10, true), (20, true), (21, false)] as [(Int64, Bool)] {
            var store = Store(.init(entries: 4, octets: 100, entriesOfOneDevice: 4))
            store.insert(Self.entry(7, 10...20), as: Self.id(1), at: UnixSeconds(15))
            #expect((store.session(Self.id(1), at: UnixSeconds(now)) == 7) == isFound)
            #expect(store.count == (isFound ? 1 : 0))
        }
    }

    @Test("A session that is taken is taken once; one that is looked up stays")
    func once() {
        var store = Store(.init(entries: 4, octets: 100, entriesOfOneDevice: 4))
        let now = UnixSeconds(0)
        store.insert(Self.entry(7), as: Self.id(1), at: now)
        #expect(store.session(Self.id(1), at: now) == 7 && store.session(Self.id(1), at: now) == 7)
        #expect(store.take(Self.id(1), at: now) == 7)
        #expect(store.take(Self.id(1), at: now) == nil && store.count == 0 && store.octetCount == 0)
    }

    @Test("One that is larger than the store is not kept, and nothing goes for it")
    func tooLarge() {
        var store = Store(.init(entries: 4, octets: 10, entriesOfOneDevice: 4))
        store.insert(Self.entry(1), as: Self.id(1), at: UnixSeconds(0))
        store.insert(Self.entry(2, octets: 11), as: Self.id(2), at: UnixSeconds(0))
        #expect(store.session(Self.id(1), at: UnixSeconds(0)) == 1 && store.session(Self.id(2), at: UnixSeconds(0)) == nil)
        #expect(store.evictions == 0)
    }

    @Test("A device that comes back without end drives out its own sessions alone")
    func greedyDevice() {
        var store = Store(.init(entries: 8, octets: 100, entriesOfOneDevice: 2))
        store.insert(Self.entry(0, device: 1), as: Self.id(0), at: UnixSeconds(0))
        for number in 1...100 { store.insert(Self.entry(number, device: 2), as: Self.id(number), at: UnixSeconds(0)) }
        #expect(store.count == 3 && store.evictions == 98)
        #expect(store.session(Self.id(0), at: UnixSeconds(0)) == 0)
        #expect(store.session(Self.id(99), at: UnixSeconds(0)) == 99 && store.session(Self.id(98), at: UnixSeconds(0)) == nil)
    }

    /// The same rules in the slowest words.
    private struct Model {
        let bounds: Store.Bounds
        var kept: [(id: Int, device: Int, octets: Int, period: ClosedRange<Int64>)] = []
        var evictions: UInt64 = 0

        mutating func insert(_ id: Int, _ device: Int, _ octets: Int, _ period: ClosedRange<Int64>, at now: Int64) {
            kept.removeAll { $0.id == id }
            guard octets <= bounds.octets, period.contains(now) else { return }
            while let first = kept.first, !first.period.contains(now) { kept.removeFirst() }
            if kept.count(where: { $0.device == device }) >= bounds.entriesOfOneDevice,
                let own = kept.firstIndex(where: { $0.device == device })
            {
                kept.remove(at: own)
                evictions += 1
            }
            while kept.count >= bounds.entries || kept.map(\.octets).reduce(0, +) + octets > bounds.octets {
                kept.removeFirst()
                evictions += 1
            }
            kept.append((id, device, octets, period))
        }

        mutating func session(_ id: Int, at now: Int64) -> Int? {
            guard let found = kept.first(where: { $0.id == id }) else { return nil }
            if found.period.contains(now) { return id }
            kept.removeAll { $0.id == id }
            return nil
        }
    }

    @Test("Any sequence of insertions, look-ups and removals ends as in the naive model", arguments: 0..<20)
    func model(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        let bounds = Store.Bounds(
            entries: .random(in: 1...12, using: &random), octets: .random(in: 5...60, using: &random),
            entriesOfOneDevice: .random(in: 1...5, using: &random)
        )
        var store = Store(bounds)
        var model = Model(bounds: bounds)
        var now: Int64 = 100
        for step in 0..<2000 {
            now = max(0, now + .random(in: -1...3, using: &random))
            let (id, device) = (Int.random(in: 0..<30, using: &random), Int.random(in: 0..<5, using: &random))
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let octets = Int.random(in: 1...12, using: &random)
                let period = (now - .random(in: -2...9, using: &random))...(now + 9 + .random(in: 0...40, using: &random))
                store.insert(Self.entry(id, device: device, octets: octets, period), as: Self.id(id), at: UnixSeconds(now))
                model.insert(id, device, octets, period, at: now)
            case 5, 6:
                #expect(store.session(Self.id(id), at: UnixSeconds(now)) == model.session(id, at: now), "step \(step)")
            case 7:
                #expect(store.take(Self.id(id), at: UnixSeconds(now)) == model.session(id, at: now), "step \(step)")
                model.kept.removeAll { $0.id == id }
            case 8:
                store.remove(Self.id(id))
                model.kept.removeAll { $0.id == id }
            default:
                let count = model.kept.count { $0.device == device }
                #expect(store.removeAll(of: Self.device(device)) == count, "step \(step)")
                model.kept.removeAll { $0.device == device }
            }
            #expect(store.count == model.kept.count && store.octetCount == model.kept.map(\.octets).reduce(0, +), "step \(step)")
            #expect(store.evictions == model.evictions, "step \(step)")
            #expect(store.count <= bounds.entries && store.octetCount <= bounds.octets, "step \(step)")
        }
        for id in 0..<30 { #expect(store.session(Self.id(id), at: UnixSeconds(now)) == model.session(id, at: now)) }
    }

    @Test("T4: a session ends by its age since the device proved its key, and before that with the first certificate")
    func lifetime() {
        let began = UnixSeconds(1_000_000)
        let long = SessionLifetime.period(endingWith: began + 31_536_000, authenticatedAt: began)
        #expect(long.notAfter == began + 8 * 3600)
        #expect(long.contains(began) && !long.contains(began + 8 * 3600 + 1) && !long.contains(began + -60))
        let short = SessionLifetime.period(endingWith: began + 100, authenticatedAt: began)
        #expect(short.contains(began + 100) && !short.contains(began + 101))
    }
}
