import PKITypes
import Testing

@testable import SignatureChecking

@Suite("OpenSSL's verdicts in our words")
struct VerifyErrorTests {
    /// X509_V_ERR_* of OpenSSL 3.0, 1 to 94; later releases append.
    static let codes: ClosedRange<Int32> = 1...110

    @Test("every error is told with its exact code and depth")
    func everyError() {
        for code in Self.codes { #expect(VerifyError.text(code: code, depth: 3).contains("OpenSSL error \(code) at depth 3")) }
    }

    @Test("every alert has a carrier")
    func carriers() {
        let carriers = Set(RefusalReason.allCases.map { VerifyError.carrier(of: $0.alert) })
        #expect(carriers.allSatisfy { $0 > 0 } && carriers.count > 5)
    }
}
