import Testing
import VerificationCore

@testable import DataPlane

@Suite("Who proved lists is never lost")
struct ProverLedgerTests {
    @Test("Every prover is kept once, whichever loop reports it, and only news is told")
    func kept() async {
        let ledger = ProverLedger()
        let provers = (0..<64).map { ListProver(anchorEntry: "device-ca", certificate: [UInt8($0)]) }
        let told = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { ledger.add(provers).count } }
            return await group.reduce(0, +)
        }
        #expect(told == provers.count)
        #expect(ledger.all == Set(provers))
        let other = ListProver(anchorEntry: "other-ca", certificate: [0])
        #expect(ledger.add([provers[0], other]) == [other])
    }

    @Test("A full outbox loses events and counts them; the ledger keeps every prover")
    func fullOutbox() {
        let outbox = EventOutbox(ringBell: {})
        let ledger = ProverLedger()
        for number in 0..<20_000 {
            let prover = ListProver(anchorEntry: "device-ca", certificate: [UInt8(number & 0xff), UInt8(number >> 8)])
            outbox.put(.listsProven(ledger.add([prover])))
        }
        #expect(outbox.dropped > 0)
        #expect(ledger.all.count == 20_000)
    }
}
