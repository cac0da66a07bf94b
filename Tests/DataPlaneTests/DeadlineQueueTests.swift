import PKITypes
import RandomTesting
import Testing

@testable import DataPlane

@Suite("Deadlines")
struct DeadlineQueueTests {
    @Test("come out when they are over, the earliest first", arguments: 1...8 as ClosedRange<UInt64>)
    func agrees(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = DeadlineQueue()
        var naive: [UInt32: UnixSeconds] = [:]
        var now = UnixSeconds(0)
        var came = 0
        for _ in 0..<5000 {
            switch random.below(6) {
            case 0, 1, 2:
                let place = UInt32(random.below(200))
                let moment = now + Int64(random.below(100))
                queue.set(place, to: moment)
                naive[place] = moment
            case 3:
                let place = UInt32(random.below(250))
                queue.remove(place)
                naive[place] = nil
            default:
                now = now + Int64(random.below(3))
                while let place = queue.popDue(at: now) {
                    came += 1
                    #expect(naive[place] == naive.values.min())
                    naive[place] = nil
                }
                #expect(naive.values.allSatisfy { $0 >= now })
            }
            #expect(queue.count == naive.count)
            #expect(queue.earliest == naive.values.min())
        }
        #expect(came > 500)
    }

    @Test("A deadline holds to the end of its second, and is one for each place")
    func bounds() {
        var queue = DeadlineQueue()
        queue.set(3, to: UnixSeconds(10))
        queue.set(3, to: UnixSeconds(20))
        #expect(queue.popDue(at: UnixSeconds(20)) == nil)
        #expect(queue.popDue(at: UnixSeconds(21)) == 3)
        #expect(queue.popDue(at: UnixSeconds(21)) == nil)
    }
}
