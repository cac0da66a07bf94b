import PKITypes
import RandomTesting
import Testing

@testable import DataPlane

@Suite("The index of live sessions")
struct LiveSessionsTests {
    private static func key(_ number: Int) -> LiveSessionKey { LiveSessionKey(digest: UInt64(bitPattern: Int64(number))) }

    @Test("agrees with a search through all of them, whoever comes and goes", arguments: 1...8 as ClosedRange<UInt64>)
    func agrees(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var index = LiveSessions<Int>()
        var naive: [LivePlace: (member: Int, keys: Set<Int>)] = [:]
        for step in 0..<4000 {
            if naive.isEmpty || random.below(5) > (step < 2000 ? 1 : 2) {
                // Everybody shares key 0, as devices share their authority's certificate.
                let keys = Set([0] + (0..<random.below(4)).map { _ in 1 + random.below(40) })
                let place = index.insert(step, under: keys.map(Self.key))
                #expect(naive[place] == nil)
                naive[place] = (step, keys)
            } else {
                let places = naive.keys.sorted { $0.number < $1.number }
                let place = places[random.below(places.count)]
                index.remove(place)
                naive[place] = nil
            }
            guard step % 16 == 0 else { continue }
            let wanted = random.below(42)
            var found: [LivePlace] = []
            index.forEach(under: Self.key(wanted)) { found.append($0) }
            #expect(Set(found) == Set(naive.filter { $0.value.keys.contains(wanted) }.keys))
            #expect(found.count == Set(found).count)
            #expect(index.count == naive.count)
            for number in 0..<index.placeCount {
                let place = LivePlace(number: UInt32(number))
                #expect(index[place] == naive[place]?.member)
            }
        }
    }

    @Test("Of a million sessions a change looks at those that it names")
    func million() {
        var index = LiveSessions<Int>()
        for number in 0..<1_000_000 { _ = index.insert(number, under: [Self.key(number), Self.key(-1 - number / 1000)]) }
        var looked = 0
        for number in stride(from: 0, to: 1_000_000, by: 1000) { index.forEach(under: Self.key(number)) { _ in looked += 1 } }
        #expect(looked == 1000)
        looked = 0
        index.forEach(under: Self.key(-1 - 500)) { _ in looked += 1 }
        #expect(looked == 1000)
    }

    @Test("Places and entries of those who left are used again")
    func reuse() {
        var index = LiveSessions<Int>()
        for round in 0..<1000 {
            let places = (0..<10).map { index.insert($0, under: [Self.key(round), Self.key(-$0 - 1)]) }
            places.forEach { index.remove($0) }
        }
        #expect(index.placeCount == 10)
        #expect(index.count == 0)
    }
}
