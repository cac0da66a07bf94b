import PKITypes
import VerificationCore
import X509

/// The lists that are certain to be missing: without them every device below an authority is refused.
struct MissingLists {
    private struct Authority {
        let file: String
        let certificate: Certificate
    }

    private let lists: [IndexedList]
    private let anchors: [Authority]
    private let intermediates: [Authority]
    private let unknownStatus: UnknownStatusPolicy

    init(_ lists: [IndexedList], of material: TrustMaterial) {
        func authorities(_ encoded: [[UInt8]]) -> [Authority] {
            encoded.compactMap { der in
                guard let certificate = try? Certificate(der: der), let file = material.files[der] else { return nil }
                return Authority(file: file, certificate: certificate)
            }
        }
        self.lists = lists.filter { !($0.scope?.onlyHolders.contains(.attributeCertificates) ?? false) }
        anchors = authorities(material.anchors)
        intermediates = authorities(material.intermediates.filter { !material.anchors.contains($0) })
        unknownStatus = material.settings.unknownStatus
    }

    var problems: [AssemblyProblem] {
        // That there is no list at all is said of the configuration, and without lists nothing may be wanted.
        guard !lists.isEmpty else { return [] }
        return intermediates.compactMap(listOfIssuer) + deviceIssuers.compactMap(listOfOwn)
    }

    /// Of the authority that issued a configured intermediate. One that nobody here issued is on nobody's path.
    private func listOfIssuer(_ authority: Authority) -> AssemblyProblem? {
        let certificate = authority.certificate
        let isIssuedHere = (anchors + intermediates).contains { $0.certificate.subject == certificate.issuer }
        let points = (try? DistributionPoint.list(of: certificate)) ?? []
        let speakers = [certificate.issuer] + points.flatMap(\.crlIssuers)
        guard isIssuedHere, !lists.contains(where: { speakers.contains($0.issuer) }) else { return nil }
        let name = certificate.subject.display
        let reason: RefusalReason = certificate.namesRevocationSource ? .revocationUnknown : .unrevocable
        return missing(certificate.issuer, "\(name) needs it: every device below \(name)", reason.rawValue, authority.file)
    }

    /// Whoever may have issued devices.
    private var deviceIssuers: [Authority] {
        let issuers = intermediates.filter { $0.certificate.extensions.basicConstraints?.isCA ?? false }
        return issuers.isEmpty ? anchors : issuers
    }

    private func listOfOwn(_ authority: Authority) -> AssemblyProblem? {
        let name = authority.certificate.subject
        // Devices may name an indirect list, which is of another issuer than theirs.
        guard !lists.contains(where: { $0.issuer == name || $0.scope?.isIndirect ?? false }) else { return nil }
        let reasons = "\(RefusalReason.unrevocable.rawValue) or \(RefusalReason.revocationUnknown.rawValue)"
        return missing(name, "every device that it issued", reasons, authority.file)
    }

    private func missing(_ issuer: DistinguishedName, _ whose: String, _ reason: String, _ file: String) -> AssemblyProblem {
        let fate = unknownStatus == .refuse ? "is refused as \(reason)" : "is admitted with a warning, its status unknown"
        return .warning(file, "no revocation list of \(issuer.display) is configured; \(whose) \(fate)")
    }
}
