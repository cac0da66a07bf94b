import PKITypes

/// Why no certification path was found from the presented certificates to a trust anchor.
package struct PathFailure: Error, Hashable, Sendable {
    package let reason: RefusalReason
    /// For people: what the judge of the path said, with its own code and the depth (0 is the leaf).
    package let diagnosis: String
    /// Paths that we found and the second judge refused, when there is no other; the failure is of the first.
    package var disagreements: [PathDisagreement]
    /// What the search ran into, when there was one.
    package var deadEnds: [DeadEnd]

    package init(
        reason: RefusalReason, diagnosis: String, disagreement: PathDisagreement? = nil, deadEnds: [DeadEnd] = []
    ) {
        self.reason = reason
        self.diagnosis = diagnosis
        disagreements = disagreement.map { [$0] } ?? []
        self.deadEnds = deadEnds
    }

    package var disagreement: PathDisagreement? { disagreements.first }

    package init(_ fault: PathFault, after deadEnds: [DeadEnd] = []) {
        self.init(reason: fault.reason, diagnosis: fault.description, deadEnds: deadEnds)
    }
}

/// A path that we call valid and OpenSSL does not: one of us is wrong, and until people know who, nobody gets in by it.
package struct PathDisagreement: Hashable, Sendable {
    /// DER, the leaf first, for the log.
    package let certificates: [[UInt8]]
    /// X509_V_ERR_*.
    package let code: Int32
    package let depth: Int

    package init(certificates: [[UInt8]], code: Int32, depth: Int) {
        self.certificates = certificates
        self.code = code
        self.depth = depth
    }
}
