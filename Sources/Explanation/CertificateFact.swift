import PKITypes
import SignatureChecking
import X509

/// A certificate as it is told of: whose it is, and where it came from.
package struct CertificateFact: Hashable, Sendable {
    /// Where the path engine had it from.
    package enum Source: Hashable, Sendable {
        case presented
        case intermediate(anchorEntry: String, file: String)
        case anchor(anchorEntry: String, file: String)
    }

    package let subject: DistinguishedName
    package let issuer: DistinguishedName
    package let serial: SerialNumber
    package let validity: Validity
    package let fingerprint: Fingerprint
    package let source: Source
    /// Whether the device sent it, too.
    package let isPresented: Bool

    /// - Parameter anchorEntry: where the path ends; of several entries that hold the certificate, this one is told.
    init(_ certificate: Certificate, under anchorEntry: String?, _ request: ExplanationRequest) {
        subject = certificate.subject
        issuer = certificate.issuer
        serial = certificate.serial
        validity = certificate.validity
        fingerprint = sha256Fingerprint(certificate.bytes)
        isPresented = request.chain.contains(certificate.bytes)
        let configured = request.listener.certificates.filter { $0.der == certificate.bytes }
        // The engine takes what is configured as both for an anchor, and what is configured before what is presented.
        let found =
            configured.first { $0.anchorEntry == anchorEntry && $0.role == .anchor }
            ?? configured.first { $0.role == .anchor } ?? configured.first { $0.anchorEntry == anchorEntry } ?? configured.first
        // A leaf that is configured as an intermediate is still judged as what the device showed.
        let isLeaf = certificate.bytes == request.chain[0]
        switch found {
        case let anchor? where anchor.role == .anchor: source = .anchor(anchorEntry: anchor.anchorEntry, file: anchor.file)
        case let other? where !isLeaf: source = .intermediate(anchorEntry: other.anchorEntry, file: other.file)
        default: source = .presented
        }
    }

    package var sourceText: String {
        switch source {
        case .presented: "presented by the device"
        case .intermediate(let entry, let file):
            "intermediates of \(entry), \(file)\(isPresented ? " (the device sent it, too)" : "")"
        case .anchor(let entry, let file): "trust anchor \(entry), \(file)\(isPresented ? " (the device sent it, too)" : "")"
        }
    }
}
