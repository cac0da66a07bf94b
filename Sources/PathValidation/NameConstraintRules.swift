import DER
import PKITypes
import X509

/// The names of a certificate against the constraints of an authority above it (RFC 5280 §4.2.1.10, §6.1.4 (g)).
///
/// A malformed name is never permitted, and where its form is constrained at all it is refused: what cannot be read could be
/// inside an excluded subtree.
enum NameConstraintRules {
    static func check(
        _ constraints: NameConstraints, by depth: Int, namesOf subordinate: Certificate, at subordinateDepth: Int,
        _ budget: inout WorkBudget
    ) throws(PathFault) {
        let subtrees = constraints.permitted.count + constraints.excluded.count
        for name in try names(of: subordinate, constraints, depth: subordinateDepth) {
            try budget.spendNameComparisons(subtrees)
            let form = name.form
            switch judge(name, constraints) {
            case .allowed: break
            case .excluded: throw .nameExcluded(form, depth: subordinateDepth, by: depth)
            case .notPermitted: throw .nameNotPermitted(form, depth: subordinateDepth, by: depth)
            case .notApplicable: throw .nameConstraintNotApplicable(form, depth: subordinateDepth, by: depth)
            }
        }
    }

    private enum Judgement { case allowed, excluded, notPermitted, notApplicable }

    private static func judge(_ name: SubjectAlternativeName, _ constraints: NameConstraints) -> Judgement {
        let form = name.form
        for subtree in constraints.excluded where subtree.form == form {
            switch NameMatch.excluded(name, by: subtree) {
            case .inside: return .excluded
            case .outside: continue
            case .notApplicable: return .notApplicable
            }
        }
        var isConstrained = false
        var isPermitted = false
        for subtree in constraints.permitted where subtree.form == form {
            isConstrained = true
            switch NameMatch.permitted(name, by: subtree) {
            case .inside: isPermitted = true
            case .outside: continue
            case .notApplicable: return .notApplicable
            }
        }
        return isConstrained && !isPermitted ? .notPermitted : .allowed
    }

    /// The subject is a directoryName, and an emailAddress in it a mailbox: §4.2.1.10 asks for the latter only without a
    /// subjectAltName, but one that hides beside it names somebody just as well (OpenSSL looks at it too).
    private static func names(
        of certificate: Certificate, _ constraints: NameConstraints, depth: Int
    ) throws(PathFault) -> [SubjectAlternativeName] {
        var names: [SubjectAlternativeName]
        do throws(DERFailure) {
            names = try certificate.extensions.subjectAlternativeNames.get()
            if !certificate.subject.canonical.isEmpty { names.append(.directoryName(certificate.subject)) }
            if (constraints.permitted + constraints.excluded).contains(where: { $0.form == .rfc822 }) {
                names += try mailboxes(inSubjectOf: certificate)
            }
        } catch {
            throw .malformed(error, depth: depth)
        }
        return names
    }

    private static func mailboxes(inSubjectOf certificate: Certificate) throws(DERFailure) -> [SubjectAlternativeName] {
        var reader = DERReader(certificate.bytes, in: certificate.subjectRange)
        var found: [SubjectAlternativeName] = []
        for attribute in try NameAttribute.list(from: &reader) where attribute.type == .emailAddress {
            let text = try attribute.text(in: certificate.bytes) ?? certificate.bytes[attribute.value.contents]
            found.append(.rfc822(String(decoding: text, as: UTF8.self)))
        }
        return found
    }
}
