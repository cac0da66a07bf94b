import DER
import PKITypes
import X509

/// What is wrong with a path, or with the attempt to extend one. Depth 0 is the leaf.
package enum PathFault: Error, Hashable, Sendable {
    case issuerUnknown(DistinguishedName, depth: Int)
    case signatureInvalid(depth: Int)
    case malformed(DERFailure, depth: Int)
    /// Not malformed, but with more in it than is read: of this certificate alone, so that others may be tried.
    case overLimit(DERFailure, depth: Int)
    case notAnAuthority(depth: Int)
    case keyMayNotSignCertificates(depth: Int)
    case profileViolated(ProfileRule, depth: Int)
    case unknownCriticalExtension(ObjectIdentifier, depth: Int)
    case tooDeep(limit: Int)
    case notYetValid(notBefore: UnixSeconds, depth: Int)
    case expired(notAfter: UnixSeconds, depth: Int)
    case weakSignature(SignatureScheme, depth: Int)
    case weakKey(PublicKeyKind?, depth: Int)
    case purposeNotAllowed(depth: Int)
    case keyUsageNotAllowed(depth: Int)
    case authorityAsClient
    case pathLengthExceeded(limit: Int, depth: Int)
    case nameNotPermitted(NameForm, depth: Int, by: Int)
    case nameExcluded(NameForm, depth: Int, by: Int)
    case nameConstraintNotApplicable(NameForm, depth: Int, by: Int)
    case policyMissing(depth: Int)
    case policyNotInitial
    case anyPolicyMapped(depth: Int)
    case workLimit(WorkBudget.Exhausted)

    /// Rules for what authorities may issue whose breach makes a certificate ambiguous.
    package enum ProfileRule: String, Hashable, Sendable, CaseIterable {
        case emptySubjectOfAuthority = "an authority without a subject name"
        case emptySubjectWithoutCriticalNames = "an empty subject without a critical subjectAltName"
        case signingKeyOfNoAuthority = "keyCertSign in a certificate that is not an authority's"
        case nameConstraintsOfNoAuthority = "name constraints in a certificate that is not an authority's"
        case serialNumberZero = "serial number zero"
        case serialNumberTooLong = "a serial number of more than 20 octets"
        case nameConstraintsNotCritical = "name constraints that are not critical"
        case authorityKeyIdentifierMissing = "no authorityKeyIdentifier"
        case subjectKeyIdentifierMissing = "an authority without a subjectKeyIdentifier"
        case basicConstraintsNotCritical = "a trust anchor whose basic constraints are not critical"
        case contradictedNoRevocation = "noRevAvail in an authority's certificate, or beside where its status is published"
    }
}

extension PathFault {
    package var reason: RefusalReason {
        switch self {
        case .issuerUnknown: .unknownCA
        case .malformed: .malformedCertificate
        case .signatureInvalid, .notAnAuthority, .keyMayNotSignCertificates, .profileViolated, .unknownCriticalExtension,
            .tooDeep:
            .pathInvalid
        case .notYetValid: .notYetValid
        case .expired: .expired
        case .weakSignature, .weakKey: .weakAlgorithm
        case .purposeNotAllowed, .keyUsageNotAllowed, .authorityAsClient: .wrongPurpose
        case .pathLengthExceeded, .nameNotPermitted, .nameExcluded, .nameConstraintNotApplicable, .policyMissing,
            .policyNotInitial, .anyPolicyMapped:
            .constraintViolated
        case .workLimit, .overLimit: .workLimit
        }
    }

    /// A certificate, or an extension of it, that the reader refused.
    package static func unreadable(_ failure: DERFailure, depth: Int) -> Self {
        failure.isOverLimit ? .overLimit(failure, depth: depth) : .malformed(failure, depth: depth)
    }

    /// Of the certificate at fault; nil when the fault is nobody's.
    package var depth: Int? {
        switch self {
        case .issuerUnknown(_, let depth), .signatureInvalid(let depth), .malformed(_, let depth), .overLimit(_, let depth),
            .notAnAuthority(let depth), .keyMayNotSignCertificates(let depth), .profileViolated(_, let depth),
            .unknownCriticalExtension(_, let depth),
            .notYetValid(_, let depth), .expired(_, let depth), .weakSignature(_, let depth), .weakKey(_, let depth),
            .purposeNotAllowed(let depth), .keyUsageNotAllowed(let depth), .pathLengthExceeded(_, let depth),
            .nameNotPermitted(_, let depth, _), .nameExcluded(_, let depth, _), .nameConstraintNotApplicable(_, let depth, _),
            .policyMissing(let depth), .anyPolicyMapped(let depth):
            depth
        case .authorityAsClient: 0
        case .tooDeep, .policyNotInitial, .workLimit: nil
        }
    }

    /// Whether the same issuer could do on another path. What else is wrong with it is wrong wherever it stands.
    var dependsOnBelow: Bool {
        switch self {
        case .tooDeep, .pathLengthExceeded, .nameNotPermitted, .nameExcluded, .nameConstraintNotApplicable, .policyMissing,
            .policyNotInitial, .anyPolicyMapped, .workLimit:
            true
        case .malformed(_, let depth), .overLimit(_, let depth): depth == 0
        case .issuerUnknown, .signatureInvalid, .notAnAuthority, .keyMayNotSignCertificates, .profileViolated,
            .unknownCriticalExtension, .notYetValid, .expired, .weakSignature, .weakKey, .purposeNotAllowed,
            .keyUsageNotAllowed, .authorityAsClient:
            false
        }
    }

    /// Of all that a search met, the fault of the highest rank is reported: the nearer a path came to being valid, the more
    /// its fault tells (as webpki ranks its errors). Between equals the first, of the most promising path, is kept.
    var rank: Int {
        switch self {
        case .issuerUnknown: 0
        case .signatureInvalid: 1
        case .malformed, .overLimit, .notAnAuthority, .keyMayNotSignCertificates, .profileViolated, .unknownCriticalExtension: 2
        case .notYetValid, .expired: 3
        case .weakSignature, .weakKey: 4
        case .tooDeep, .purposeNotAllowed, .keyUsageNotAllowed, .authorityAsClient: 5
        case .pathLengthExceeded, .nameNotPermitted, .nameExcluded, .nameConstraintNotApplicable: 6
        case .policyMissing, .policyNotInitial, .anyPolicyMapped: 7
        case .workLimit: 8
        }
    }
}

extension PathFault: CustomStringConvertible {
    /// One clause for people.
    package var description: String {
        switch self {
        case .issuerUnknown(let name, let depth):
            "\(Self.certificate(depth)) is issued by \(name.display), and no path from there leads to a trust anchor"
        case .signatureInvalid(let depth): "\(Self.certificate(depth)) is not signed with the key of its issuer"
        case .malformed(let failure, let depth), .overLimit(let failure, let depth): "\(Self.certificate(depth)) holds \(failure)"
        case .notAnAuthority(let depth): "\(Self.certificate(depth)) is no authority's (basic constraints)"
        case .keyMayNotSignCertificates(let depth): "the key of \(Self.certificate(depth)) may not sign certificates"
        case .profileViolated(let rule, let depth):
            "\(Self.certificate(depth)) breaks a rule of RFC 5280 or 9608: \(rule.rawValue)"
        case .unknownCriticalExtension(let identifier, let depth):
            "\(Self.certificate(depth)) has the critical extension \(identifier), which is not understood"
        case .tooDeep(let limit): "a path with more than \(limit) authorities between leaf and anchor"
        case .notYetValid(let notBefore, let depth): "\(Self.certificate(depth)) is valid from \(notBefore.text) on"
        case .expired(let notAfter, let depth): "\(Self.certificate(depth)) expired at \(notAfter.text)"
        case .weakSignature(let scheme, let depth): "\(Self.certificate(depth)) is signed with \(scheme), which is too weak"
        case .weakKey(let key, let depth): "the key of \(Self.certificate(depth)) is too weak or unknown: \(Self.text(key))"
        case .purposeNotAllowed(let depth): "\(Self.certificate(depth)) is not for this purpose (extended key usage)"
        case .keyUsageNotAllowed(let depth): "\(Self.certificate(depth)) is not for this purpose (key usage)"
        case .authorityAsClient: "the leaf may sign certificates or lists, and so is no device's"
        case .pathLengthExceeded(let limit, let depth): "\(Self.certificate(depth)) allows \(limit) authorities below it"
        case .nameNotPermitted(let form, let depth, let by):
            "a \(form.rawValue) name of \(Self.certificate(depth)) is not among those that \(Self.certificate(by)) permits"
        case .nameExcluded(let form, let depth, let by):
            "a \(form.rawValue) name of \(Self.certificate(depth)) is excluded by \(Self.certificate(by))"
        case .nameConstraintNotApplicable(let form, let depth, let by):
            "the constraint of \(Self.certificate(by)) on \(form.rawValue) names cannot be applied to \(Self.certificate(depth))"
        case .policyMissing(let depth): "no certificate policy is left at \(Self.certificate(depth)), and one is required"
        case .policyNotInitial: "the path is valid for none of the policies that were asked for"
        case .anyPolicyMapped(let depth): "\(Self.certificate(depth)) maps anyPolicy"
        case .workLimit(let what): "the search was given up: too many \(what.rawValue)"
        }
    }

    private static func certificate(_ depth: Int) -> String { depth == 0 ? "the leaf" : "the certificate at depth \(depth)" }

    private static func text(_ key: PublicKeyKind?) -> String { key.map { "\($0)" } ?? "unreadable" }
}
