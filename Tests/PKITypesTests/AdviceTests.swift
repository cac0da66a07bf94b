import PKITypes
import Testing

@Suite("What people are told of reasons and alerts")
struct AdviceTests {
    @Test("every reason has an advice of its own, in one line", arguments: RefusalReason.allCases)
    func advice(_ reason: RefusalReason) {
        #expect((10...130).contains(reason.advice.count) && !reason.advice.contains("\n"), "\(reason.advice)")
        #expect(RefusalReason.allCases.count { $0.advice == reason.advice } == 1)
    }

    @Test("alerts are named as RFC 8446 names them")
    func alerts() {
        #expect(TLSAlert.certificateRevoked.name == "certificate_revoked" && TLSAlert.unknownCA.name == "unknown_ca")
        #expect(Set(TLSAlert.allCases.map(\.name)).count == TLSAlert.allCases.count)
    }
}
