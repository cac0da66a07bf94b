import SignatureChecking

/// Why a file of lists, or a list, cannot be used.
package enum ListLoadFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file; the text is the system's.
    case unreadable(String)
    case notPEM(String)
    case noList
    case malformed(String)
    case noNextUpdate
    case unknownSignatureAlgorithm
    case weakSignatureAlgorithm
    case tooLargeForOnePass(octets: Int)
    /// What is needed of it later cannot be kept.
    case notStored(String)

    init(_ failure: IssuerSignature.Failure) {
        switch failure {
        case .unknownAlgorithm: self = .unknownSignatureAlgorithm
        case .weakAlgorithm: self = .weakSignatureAlgorithm
        case .tooLargeForOnePass(let octets): self = .tooLargeForOnePass(octets: octets)
        }
    }

    package var description: String {
        switch self {
        case .unreadable(let cause): cause
        case .notPEM(let cause): "is not readable as PEM: \(cause)"
        case .noList: "holds no revocation list"
        case .malformed(let cause): "holds a malformed revocation list: \(cause)"
        case .noNextUpdate: "holds a revocation list without nextUpdate, which RFC 5280 §5.1.2.5 requires"
        case .unknownSignatureAlgorithm: "holds a revocation list with an unknown signature algorithm"
        case .weakSignatureAlgorithm: "holds a revocation list signed with a broken digest (SHA-1 or older)"
        case .tooLargeForOnePass(let octets):
            "holds a list of \(octets) octets with an Ed25519 or Ed448 signature; at most "
                + "\(IssuerSignature.maximumOnePassOctets) are possible"
        case .notStored(let cause): "holds a revocation list whose entries cannot be kept on disk: \(cause)"
        }
    }
}
