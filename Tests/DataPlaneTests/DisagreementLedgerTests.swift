import PathValidation
import Testing

@testable import DataPlane

@Suite("Which disagreements the log knows")
struct DisagreementLedgerTests {
    private func disagreement(_ number: UInt8) -> PathDisagreement {
        PathDisagreement(certificates: [[number], [0]], code: 1, depth: 0)
    }

    /// Which of them were news.
    private func news(_ numbers: [UInt8]) -> [Bool] {
        var ledger = DisagreementLedger()
        return numbers.map { ledger.note(disagreement($0)) }
    }

    @Test("a path is news once, another is news")
    func once() { #expect(news([1, 1, 2, 1]) == [true, false, true, false]) }

    @Test("a full ledger starts anew")
    func full() {
        let all = Array(0..<UInt8(DisagreementLedger.capacity))
        #expect(news(all + [0, 0]) == all.map { _ in true } + [true, false])
    }
}
