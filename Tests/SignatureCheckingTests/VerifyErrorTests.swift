import PKITypes
import Testing

@testable import SignatureChecking

@Suite("OpenSSL's verdicts in our words")
struct VerifyErrorTests {
    /// X509_V_ERR_* of OpenSSL 3.0, 1 to 94; later releases append.
    static let codes: ClosedRange<Int32> = 1...110

    /// What a verdict on a path may come to; the rest of the reasons is ours to find.
    static let pathReasons: Set<RefusalReason> = [
        .malformedCertificate, .unknownCA, .pathInvalid, .notYetValid, .expired, .wrongPurpose, .weakAlgorithm,
        .constraintViolated,
        .internalError,
    ]

    @Test("every error is a reason that a path can fail for, with its code in the diagnosis")
    func everyError() {
        for code in Self.codes {
            let failure = VerifyError.failure(code: code, depth: 3)
            #expect(Self.pathReasons.contains(failure.reason), "\(code)")
            #expect(failure.diagnosis.contains("OpenSSL error \(code) at depth 3"))
        }
    }

    @Test(
        "the errors that devices meet",
        arguments: [
            (2, .unknownCA), (7, .pathInvalid), (9, .notYetValid), (10, .expired), (13, .malformedCertificate), (18, .unknownCA),
            (19, .unknownCA), (20, .unknownCA), (21, .unknownCA), (22, .pathInvalid), (24, .pathInvalid),
            (25, .constraintViolated),
            (26, .wrongPurpose), (34, .pathInvalid), (47, .constraintViolated), (66, .weakAlgorithm), (67, .weakAlgorithm),
            (68, .weakAlgorithm), (17, .internalError), (1, .internalError),
        ] as [(Int32, RefusalReason)]
    )
    func known(code: Int32, reason: RefusalReason) {
        #expect(VerifyError.reason(code: code) == reason)
    }

    @Test("every alert has a carrier")
    func carriers() {
        let carriers = Set(RefusalReason.allCases.map { VerifyError.carrier(of: $0.alert) })
        #expect(carriers.allSatisfy { $0 > 0 } && carriers.count > 5)
    }
}
