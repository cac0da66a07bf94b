import COpenSSL
import PKITypes
import Testing

@testable import SignatureChecking

@Suite("OpenSSL's verdicts in our words")
struct VerifyErrorTests {
    /// X509_V_ERR_* of OpenSSL 3.0, 1 to 94; later releases append.
    static let codes: ClosedRange<Int32> = 1...110

    @Test("T28: every error is told with its exact code and depth in OpenSSL's own words, and no two alike")
    func everyError() {
        let texts = Self.codes.map { VerifyError.text(code: $0, depth: 3) }
        for (code, text) in zip(Self.codes, texts) {
            #expect(text == "\(String(cString: X509_verify_cert_error_string(Int(code)))) (OpenSSL error \(code) at depth 3)")
        }
        #expect(Set(texts).count == Self.codes.count)
        #expect(
            X509_V_ERR_CA_MD_TOO_WEAK > 63 && VerifyError.text(code: X509_V_ERR_CA_MD_TOO_WEAK, depth: 0).contains("error 68 "))
    }

    @Test("every alert has a carrier")
    func carriers() {
        let carriers = Set(RefusalReason.allCases.map { VerifyError.carrier(of: $0.alert) })
        #expect(carriers.allSatisfy { $0 > 0 } && carriers.count > 5)
    }
}
