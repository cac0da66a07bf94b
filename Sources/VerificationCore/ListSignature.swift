/// What is needed to check a list's signature when its issuer's key turns up, without the list itself.
package struct ListSignature: Sendable {
    /// What the signature covers: the digest of the tbsCertList, or, for algorithms that sign in one pass (Ed25519), its bytes.
    package enum Covered: Hashable, Sendable {
        case digest([UInt8])
        case message([UInt8])
    }

    package let covered: Covered
    /// The AlgorithmIdentifier, DER.
    package let algorithm: [UInt8]
    package let value: [UInt8]

    package init(covered: Covered, algorithm: [UInt8], value: [UInt8]) {
        self.covered = covered
        self.algorithm = algorithm
        self.value = value
    }
}
