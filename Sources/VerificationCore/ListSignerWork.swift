import PathValidation
import X509

/// What the searches for signers of lists cost in one judgement, whatever the number of paths, and what they met.
package struct ListSignerWork: Sendable {
    /// Checks of lists' signatures, in microseconds of one core as ``signatureMicroseconds(_:)`` estimates them: two and a half
    /// thousand lists signed with P-256, and less than half a second for keys that were made to be slow.
    static let maximumSignatureMicroseconds = 400_000

    /// Shared by all searches. One is enough for a handful of honest signers: each has a path of two or three certificates.
    package var searches = WorkBudget()
    /// A search was cut short: a signer may have been missed, and the list that it would have proven.
    package var isExhausted = false
    /// Paths of signers that are valid to us and not to the second judge.
    package var disagreements: [PathDisagreement] = []

    package init() {}

    /// Decoding the certificate and checking one signature with its key; an estimate that no machine in use exceeds by much.
    static func signatureMicroseconds(_ key: PublicKeyKind?) -> Int {
        switch key {
        // Multiplication grows with the square of the length, and the exponent's bits count multiplications; 65537 has 17.
        case .rsa(let bits, let exponentBits): 100 + 30 * bits * bits / (2048 * 2048) * max(exponentBits, 17) / 17
        case .ec(.prime256v1), .ed25519: 150
        case .ec, .ed448, .dsa, .unknown, nil: 1_000
        }
    }
}
