import PKITypes

/// Where a search for a path got no further, and why: for people who ask.
package struct DeadEnd: Hashable, Sendable {
    /// What names the certificate at fault. Not the certificate: dead ends are kept for as long as the path is.
    package struct Culprit: Hashable, Sendable {
        package let origin: CandidateCertificate.Origin
        package let subject: DistinguishedName
        package let serial: SerialNumber
    }

    /// How many a search remembers: more than anybody reads.
    package static let maximumCount = 32

    package let fault: PathFault
    /// Nil when the fault is nobody's: a budget, a whole path that fits no policy.
    package let culprit: Culprit?

    package init(_ fault: PathFault, culprit: Culprit?) {
        self.fault = fault
        self.culprit = culprit
    }
}

extension DeadEnd.Culprit {
    init(_ candidate: CandidateCertificate) {
        self.init(origin: candidate.origin, subject: candidate.certificate.subject, serial: candidate.certificate.serial)
    }
}
