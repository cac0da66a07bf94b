import Configuration
import DER
import PKITypes
import VerificationCore
import X509

/// Who the leaf says its device is, how that was read, and whether the trust anchor vouches for it.
package struct IdentityFinding: Sendable {
    /// One name of the subjectAltName.
    package struct Name: Hashable, Sendable {
        package let kind: String
        package let text: String
        /// Whether the trust anchor's `identity` reads names of this kind.
        package let isRead: Bool
    }

    package enum Vouching: Hashable, Sendable {
        case anything
        case pattern(String)
        case nothing(patterns: [String])
        /// There is nobody to vouch for.
        case notAsked
    }

    package let source: IdentitySource
    package let identity: Result<DeviceIdentity, IdentityFailure>
    /// Nil when the extension cannot be read; empty when there is none.
    package let names: [Name]?
    package let vouching: Vouching
    package let lifetimeSeconds: Int64
    /// Nil: none is warned of.
    package let warnedLifetimeSeconds: Int64?
    package let maximumLifetimeSeconds: Int64

    init(_ path: VerifiedPath, leaf: Certificate, _ anchor: TrustAnchorEntry) {
        source = path.identitySource
        identity = path.identity
        names = (try? leaf.extensions.subjectAlternativeNames.get()).map { $0.map { Name($0, readBy: path.identitySource) } }
        lifetimeSeconds = path.leafValidity.lifetimeSeconds
        warnedLifetimeSeconds = anchor.warnCertificateLifetimeSeconds
        maximumLifetimeSeconds = anchor.maximumCertificateLifetimeSeconds
        guard let identity = try? path.identity.get() else {
            vouching = .notAsked
            return
        }
        let pattern = anchor.vouchesFor.first { $0.matches(identity) }
        switch anchor.vouches(for: identity) {
        case false: vouching = .nothing(patterns: anchor.vouchesFor.map(\.text))
        case true: vouching = pattern.map { .pattern($0.text) } ?? .anything
        }
    }

    /// The identity that policies are asked about.
    var confirmed: DeviceIdentity? {
        if case .nothing = vouching { return nil }
        return try? identity.get()
    }

    /// How the identity was, or was not, extracted.
    package var extraction: String {
        let read = (names ?? []).enumerated().filter(\.element.isRead)
        switch identity {
        case .success:
            if let entry = read.first {
                return "\(source.rawValue): name \(entry.offset + 1) of \(names?.count ?? 0) in subjectAltName"
            }
            return "\(source.rawValue): \(source.place)"
        case .failure(.missing): return "\(source.rawValue): the certificate has no \(source.place)"
        case .failure(.ambiguous): return "\(source.rawValue): more than one \(source.place), so none is believed"
        case .failure(.malformed):
            guard names != nil else { return "\(source.rawValue): the subjectAltName cannot be read, so none of it is believed" }
            return "\(source.rawValue): its \(source.place) is malformed, or one that nobody may be named by"
        }
    }
}

extension IdentitySource {
    /// What of a certificate it reads.
    fileprivate var place: String {
        switch self {
        case .sanURI: "URI in subjectAltName"
        case .sanDNS: "DNS name in subjectAltName"
        case .hardwareModuleName: "hardwareModuleName in subjectAltName"
        case .permanentIdentifier: "permanentIdentifier in subjectAltName"
        case .subjectSerialNumber: "serialNumber attribute in the subject"
        case .subjectCommonName: "common name in the subject"
        case .registeredCertificate: "fingerprint of the certificate"
        }
    }
}

extension IdentityFinding.Name {
    /// Octets of a name that are told: anybody may have written it.
    private static let maximumCharacters = 200

    fileprivate init(_ name: SubjectAlternativeName, readBy source: IdentitySource) {
        func text(_ whole: String) -> String {
            whole.count <= Self.maximumCharacters ? whole : whole.prefix(Self.maximumCharacters) + "…"
        }
        switch name {
        case .uri(let uri): self.init(kind: "URI", text: text(uri), isRead: source == .sanURI)
        case .dns(let dns): self.init(kind: "DNS", text: text(dns), isRead: source == .sanDNS)
        case .rfc822(let mailbox): self.init(kind: "e-mail", text: text(mailbox), isRead: false)
        case .ip(let octets):
            self.init(kind: "IP", text: IPAddress(octets: octets)?.text ?? Hexadecimal.lowerCase(octets), isRead: false)
        case .directoryName(let name): self.init(kind: "directory name", text: text(name.display), isRead: false)
        case .registeredID(let identifier): self.init(kind: "registered ID", text: identifier.description, isRead: false)
        case .otherName(.hardwareModuleName, let value):
            self.init(
                kind: "hardwareModuleName", text: text(Hexadecimal.lowerCase(value)), isRead: source == .hardwareModuleName)
        case .otherName(.permanentIdentifier, let value):
            self.init(
                kind: "permanentIdentifier", text: text(Hexadecimal.lowerCase(value)), isRead: source == .permanentIdentifier)
        case .otherName(let type, let value):
            self.init(kind: "other name \(type)", text: text(Hexadecimal.lowerCase(value)), isRead: false)
        case .other(let choice): self.init(kind: "GeneralName \(choice)", text: "not read", isRead: false)
        }
    }
}
