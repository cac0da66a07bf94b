import PKITypes
import Testing

@testable import Gateway

@Suite("A copied key is sent away, a ward that moves is not")
struct QuarantineCeilingTests {
    @Test("ten within a minute, and again in the next one; a clock that goes back begins a new one")
    func ceiling() {
        var ceiling = QuarantineCeiling()
        let start = UnixSeconds(1_000_000)
        let first = (0..<12).map { ceiling.permits(at: start + Int64($0)) }
        #expect(first == Array(repeating: true, count: 10) + [false, false])
        let later = [start + 59, start + 60, start].map { ceiling.permits(at: $0) }
        #expect(later == [false, true, true])
    }

    @Test("alarms of many devices within a minute are all told, and remembered in a bounded room")
    func damping() {
        var damping = AlarmDamping()
        let now = UnixSeconds(1_000_000)
        let told = (0..<10_000).map { number in
            let identity = DeviceIdentity(text: "urn:hospital:device:pump:\(number)")
            let (first, second) = (damping.tell(identity, at: now), damping.tell(identity, at: now))
            return first == 0 && second == nil
        }
        #expect(!told.contains(false))
    }
}
