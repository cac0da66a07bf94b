import PKITypes

/// Why no certification path was found from the presented certificates to a trust anchor.
package struct PathFailure: Error, Hashable, Sendable {
    package let reason: RefusalReason
    /// For people: what the judge of the path said, with its own code and the depth (0 is the leaf).
    package let diagnosis: String

    package init(reason: RefusalReason, diagnosis: String) {
        self.reason = reason
        self.diagnosis = diagnosis
    }
}
