import Testing

@testable import DataPlane

@Suite("How full a listener is")
struct ListenerOccupancyTests {
    @Test("A place for each connection up to the limit, and again for each that leaves")
    func connections() {
        let occupancy = ListenerOccupancy()
        let limits = ConnectionLimits(connections: 2, handshakesInFlight: 10)
        #expect(occupancy.enter(limits))
        #expect(occupancy.enter(limits))
        #expect(!occupancy.enter(limits))
        #expect(occupancy.connections == 2)
        #expect(occupancy.handshakesInFlight == 2)
        occupancy.leaveHandshake()
        occupancy.leave()
        #expect(occupancy.enter(limits))
        #expect(!occupancy.enter(limits))
    }

    @Test("Handshakes have a limit of their own, which finished ones do not count towards")
    func handshakes() {
        let occupancy = ListenerOccupancy()
        let limits = ConnectionLimits(connections: 10, handshakesInFlight: 1)
        #expect(occupancy.enter(limits))
        #expect(!occupancy.enter(limits))
        occupancy.leaveHandshake()
        occupancy.beginSession()
        #expect(occupancy.enter(limits))
        #expect(occupancy.connections == 2)
        #expect(occupancy.sessions == 1)
        occupancy.endSession()
        #expect(occupancy.sessions == 0)
    }

    @Test("A limit that a reload lowers below what is there lets nobody in until it fits")
    func loweredLimit() {
        let occupancy = ListenerOccupancy()
        for _ in 0..<5 { #expect(occupancy.enter(ConnectionLimits(connections: 5, handshakesInFlight: 5))) }
        let lowered = ConnectionLimits(connections: 2, handshakesInFlight: 5)
        for _ in 0..<4 {
            #expect(!occupancy.enter(lowered))
            occupancy.leaveHandshake()
            occupancy.leave()
        }
        #expect(occupancy.enter(lowered))
    }

    @Test("Loops that enter and leave at once never go over the limit, and end at nothing")
    func contention() async {
        let occupancy = ListenerOccupancy()
        let limits = ConnectionLimits(connections: 3, handshakesInFlight: 3)
        let admitted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var admitted = 0
                    for _ in 0..<2000 where occupancy.enter(limits) {
                        admitted += 1
                        occupancy.leaveHandshake()
                        occupancy.leave()
                    }
                    return admitted
                }
            }
            return await group.reduce(0, +)
        }
        #expect(admitted > 0)
        #expect(occupancy.connections == 0)
        #expect(occupancy.handshakesInFlight == 0)
        #expect(occupancy.enter(ConnectionLimits(connections: 1, handshakesInFlight: 1)))
    }
}
