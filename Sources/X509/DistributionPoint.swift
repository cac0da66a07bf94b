import DER
import PKITypes

/// One place that a certificate names for its status (RFC 5280 §4.2.1.13): under which names, for which reasons, and by whom
/// the lists there are issued.
///
/// `CertificateExtensions` only notes that there is one. Revocation reads them all when a path has been found, and keeps them.
package struct DistributionPoint: Hashable, Sendable {
    package let name: DistributionPointName?
    /// All reasons when the certificate does not limit them.
    package let reasons: ReasonFlags
    /// cRLIssuer: not empty when others than the certificate's issuer speak here (an indirect list).
    package let crlIssuers: [DistinguishedName]

    /// Partitions of one certificate's status; one or two are usual.
    package static let maximumCount = 64

    /// Those of `certificate`, in its order; none without the extension.
    package static func list(of certificate: Certificate) throws(DERFailure) -> [DistributionPoint] {
        guard let item = certificate.extensions.all.first(where: { $0.identifier == .cRLDistributionPoints }) else { return [] }
        var outer = DERReader(certificate.bytes, in: item.value)
        var sequence = try outer.readSequence()
        try outer.requireEnd()
        guard !sequence.isAtEnd else { throw DERFailure(.emptySequence, at: sequence.position) }
        var points: [DistributionPoint] = []
        while !sequence.isAtEnd {
            guard points.count < maximumCount else { throw DERFailure(.tooMany(limit: maximumCount), at: sequence.position) }
            let issuer = Array(certificate.bytes[certificate.issuerRange])
            points.append(try DistributionPoint(from: &sequence, certificateIssuer: issuer))
        }
        return points
    }

    /// DistributionPoint ::= SEQUENCE { [0] distributionPoint, [1] reasons, [2] cRLIssuer }, each OPTIONAL.
    private init(from reader: inout DERReader, certificateIssuer: [UInt8]) throws(DERFailure) {
        var fields = try reader.readSequence()
        let wrappedName = try fields.readContentsIfPresent(.contextConstructed(0))
        reasons =
            try fields.readIfPresent(.contextPrimitive(1)).map { (element) throws(DERFailure) in
                try ReasonFlags(from: element, in: fields)
            } ?? .all
        let issuers = try fields.readContentsIfPresent(.contextConstructed(2))
        try fields.requireEnd()
        var base: [UInt8]? = certificateIssuer
        if let issuers {
            let names = try DistributionPointName.generalNames(issuers)
            crlIssuers = names.compactMap { if case .directory(let name) = $0 { name } else { nil } }
            // §4.2.1.13: a list that nobody can be known to have issued is no status.
            guard !crlIssuers.isEmpty else { throw DERFailure(.extensionInvalid(.cRLDistributionPoints), at: issuers.position) }
            base = names.count == 1 ? try Self.onlyName(issuers) : nil
        } else {
            crlIssuers = []
        }
        name = try wrappedName.map { (wrapped) throws(DERFailure) in
            try DistributionPointName(from: wrapped, relativeTo: base)
        }
    }

    /// The DER of the one directoryName that these GeneralNames are.
    private static func onlyName(_ names: DERReader) throws(DERFailure) -> [UInt8] {
        var reader = names
        return Array(reader.bytes[try reader.read(.contextConstructed(4)).contents])
    }
}
