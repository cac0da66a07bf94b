import PKITypes
import RevocationLists
import SignatureChecking
import VerificationCore
import X509

/// Turns the octets of revocation lists into lists of the index: parsed, with what their signature covers, not yet proven.
package enum ListLoader {
    /// Largest file of lists: about 25 million entries.
    package static let maximumFileOctets = 1 << 30

    /// Every list of a file, PEM or DER.
    ///
    /// - Parameter source: names the file to people.
    package static func lists(in file: [UInt8], source: String, anchorEntry: String) throws(ListLoadFailure) -> [IndexedList] {
        let encoded: [[UInt8]]
        do { encoded = try PEM.objects(.revocationLists, in: file) } catch { throw .notPEM(error.description) }
        guard !encoded.isEmpty else { throw .noList }
        return try encoded.map { der throws(ListLoadFailure) in try list(der, source: source, anchorEntry: anchorEntry) }
    }

    package static func list(_ der: [UInt8], source: String, anchorEntry: String) throws(ListLoadFailure) -> IndexedList {
        let list: CertificateRevocationList
        do { list = try CertificateRevocationList(der: der) } catch { throw .malformed("\(error)") }
        // RFC 5280 §5.1.2.5 demands it, and without it a list would be believed for ever.
        guard let nextUpdate = list.nextUpdate else { throw .noNextUpdate }
        do {
            let signature = try IssuerSignature.cover(
                tbs: list.bytes[list.toBeSigned],
                algorithm: list.facts.signatureAlgorithm,
                value: Array(list.bytes[list.signature])
            )
            let hash = SipHash(keyLow: .random(in: .min ... .max), keyHigh: .random(in: .min ... .max))
            return IndexedList(
                source: source, anchorEntry: anchorEntry, list: list, nextUpdate: nextUpdate, signature: signature, hash: hash
            )
        } catch {
            switch error {
            case .unknownAlgorithm: throw .unknownSignatureAlgorithm
            case .weakAlgorithm: throw .weakSignatureAlgorithm
            case .tooLargeForOnePass(let octets): throw .tooLargeForOnePass(octets: octets)
            }
        }
    }
}

/// Why a list cannot be used.
package enum ListLoadFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case notPEM(String)
    case noList
    case malformed(String)
    case noNextUpdate
    case unknownSignatureAlgorithm
    case weakSignatureAlgorithm
    case tooLargeForOnePass(octets: Int)

    package var description: String {
        switch self {
        case .notPEM(let cause): "is not readable as PEM: \(cause)"
        case .noList: "holds no revocation list"
        case .malformed(let cause): "holds a malformed revocation list: \(cause)"
        case .noNextUpdate: "holds a revocation list without nextUpdate, which RFC 5280 §5.1.2.5 requires"
        case .unknownSignatureAlgorithm: "holds a revocation list with an unknown signature algorithm"
        case .weakSignatureAlgorithm: "holds a revocation list signed with a broken digest (SHA-1 or older)"
        case .tooLargeForOnePass(let octets):
            "holds a list of \(octets) octets with an Ed25519 or Ed448 signature; at most "
                + "\(IssuerSignature.maximumOnePassOctets) are possible"
        }
    }
}
