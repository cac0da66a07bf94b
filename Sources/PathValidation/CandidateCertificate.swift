import DER
import PKITypes
import Synchronization
import X509

/// A certificate that a path may be made of. What only some searches ask of it is decoded at the first question, once: a peer
/// may present thousands of certificates that no path leads to.
package final class CandidateCertificate: Sendable {
    /// Where it comes from; the number is its position there.
    package enum Origin: Hashable, Sendable {
        case presented(Int)
        case intermediate(Int)
        case anchor(Int)
    }

    package let origin: Origin
    package let certificate: Certificate
    private let decodedConstraints = Mutex<Result<PathConstraints, DERFailure>?>(nil)
    private let decodedNameConstraints = Mutex<Result<NameConstraintRules?, DERFailure>?>(nil)
    /// Subject and issuer are the same name (RFC 5280 §3.2): part of a change of keys or policies, not a step down.
    package let isSelfIssued: Bool

    package init(_ certificate: Certificate, origin: Origin) {
        self.origin = origin
        self.certificate = certificate
        isSelfIssued = certificate.subject == certificate.issuer
    }

    /// An extension that a path is judged by and that cannot be read makes the certificate useless, not its siblings.
    package var constraints: Result<PathConstraints, DERFailure> {
        decodedConstraints.withLock { decoded in
            if let decoded { return decoded }
            let result = Result { () throws(DERFailure) in try PathConstraints(of: certificate) }
            decoded = result
            return result
        }
    }

    /// What decoding ``nameConstraints`` costs.
    var nameConstraintOctets: Int { nameConstraintsExtension?.value.count ?? 0 }

    var nameConstraints: Result<NameConstraintRules?, DERFailure> {
        guard let item = nameConstraintsExtension else { return .success(nil) }
        return decodedNameConstraints.withLock { decoded in
            if let decoded { return decoded }
            let result = Result { () throws(DERFailure) -> NameConstraintRules? in
                NameConstraintRules(try NameConstraints(from: DERReader(certificate.bytes, in: item.value)))
            }
            decoded = result
            return result
        }
    }

    private var nameConstraintsExtension: CertificateExtension? {
        certificate.extensions.all.first { $0.identifier == .nameConstraints }
    }

    package var isAnchor: Bool { if case .anchor = origin { true } else { false } }

    /// DER.
    package var subjectPublicKeyInfo: ArraySlice<UInt8> { certificate.bytes[certificate.subjectPublicKeyInfo] }

    /// The same entity with the same key: twice on a path, it is a loop.
    func isSameAuthority(as other: CandidateCertificate) -> Bool {
        certificate.subject == other.certificate.subject && subjectPublicKeyInfo.elementsEqual(other.subjectPublicKeyInfo)
    }

    /// 0: the key identifiers agree, 1: nothing is said, 2: they differ. A hint orders candidates and never excludes one:
    /// authorities compute identifiers in several ways, and some copy the wrong one.
    func keyHintDistance(to issuer: CandidateCertificate) -> Int {
        let extensions = certificate.extensions
        if let wanted = extensions.authorityKeyIdentifier, let found = issuer.certificate.extensions.subjectKeyIdentifier {
            return wanted == found ? 0 : 2
        }
        if let wanted = extensions.authorityCertificateSerial { return wanted == issuer.certificate.serial ? 0 : 2 }
        return 1
    }
}

/// The certificates of the configuration that paths are made of, found by the name of their subject.
package struct CertificatePool: Sendable {
    package let anchors: [CandidateCertificate]
    private let bySubject: [DistinguishedName: [CandidateCertificate]]
    private let byBytes: [[UInt8]: CandidateCertificate]

    /// A certificate that is both is an anchor.
    package init(anchors: [Certificate], intermediates: [Certificate]) {
        self.anchors = anchors.enumerated().map { CandidateCertificate($0.element, origin: .anchor($0.offset)) }
        let others = intermediates.enumerated().map { CandidateCertificate($0.element, origin: .intermediate($0.offset)) }
        var byBytes: [[UInt8]: CandidateCertificate] = [:]
        var distinct: [CandidateCertificate] = []
        for candidate in self.anchors + others where byBytes[candidate.certificate.bytes] == nil {
            byBytes[candidate.certificate.bytes] = candidate
            distinct.append(candidate)
        }
        self.byBytes = byBytes
        bySubject = Dictionary(grouping: distinct) { $0.certificate.subject }
    }

    package func candidates(named name: DistinguishedName) -> [CandidateCertificate] { bySubject[name] ?? [] }

    package func candidate(with bytes: [UInt8]) -> CandidateCertificate? { byBytes[bytes] }
}
