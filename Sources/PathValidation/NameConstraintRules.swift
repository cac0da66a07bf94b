import DER
import PKITypes
import X509

/// The constraints of one authority on the names of everybody below it (RFC 5280 §4.2.1.10, §6.1.4 (g)).
///
/// A malformed name is never permitted, and where its form is constrained at all it is refused: what cannot be read could be
/// inside an excluded subtree.
struct NameConstraintRules: Sendable {
    private let permitted: [NameSubtree]
    private let excluded: [NameSubtree]
    private let concernsMailboxes: Bool

    init(_ constraints: NameConstraints) {
        permitted = constraints.permitted.map(NameSubtree.init)
        excluded = constraints.excluded.map(NameSubtree.init)
        concernsMailboxes = (permitted + excluded).contains { $0.form == .rfc822 }
    }

    /// - Parameter depth: where the authority with these constraints stands.
    func check(
        by depth: Int, namesOf subordinate: Certificate, at subordinateDepth: Int, _ budget: inout WorkBudget
    ) throws(PathFault) {
        for name in try names(of: subordinate, depth: subordinateDepth) {
            try budget.spendNameComparisons(permitted.count + excluded.count)
            switch judge(ComparableName(name)) {
            case .allowed: break
            case .excluded: throw .nameExcluded(name.form, depth: subordinateDepth, by: depth)
            case .notPermitted: throw .nameNotPermitted(name.form, depth: subordinateDepth, by: depth)
            case .notApplicable: throw .nameConstraintNotApplicable(name.form, depth: subordinateDepth, by: depth)
            }
        }
    }

    private enum Judgement { case allowed, excluded, notPermitted, notApplicable }

    private func judge(_ name: ComparableName) -> Judgement {
        for subtree in excluded where subtree.form == name.form {
            switch subtree.judge(name, as: .excluded) {
            case .inside: return .excluded
            case .outside: continue
            case .notApplicable: return .notApplicable
            }
        }
        var isConstrained = false
        var isPermitted = false
        for subtree in permitted where subtree.form == name.form {
            isConstrained = true
            switch subtree.judge(name, as: .permitted) {
            case .inside: isPermitted = true
            case .outside: continue
            case .notApplicable: return .notApplicable
            }
        }
        return isConstrained && !isPermitted ? .notPermitted : .allowed
    }

    /// The subject is a directoryName, and an emailAddress in it a mailbox: §4.2.1.10 asks for the latter only without a
    /// subjectAltName, but one that hides beside it names somebody just as well (OpenSSL looks at it too).
    private func names(of certificate: Certificate, depth: Int) throws(PathFault) -> [SubjectAlternativeName] {
        var names: [SubjectAlternativeName]
        do throws(DERFailure) {
            names = try certificate.extensions.subjectAlternativeNames.get()
            if !certificate.subject.canonical.isEmpty { names.append(.directoryName(certificate.subject)) }
            if concernsMailboxes { names += try Self.mailboxes(inSubjectOf: certificate) }
        } catch {
            throw .unreadable(error, depth: depth)
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
