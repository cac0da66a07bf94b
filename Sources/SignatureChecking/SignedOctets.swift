import COpenSSL
import VerificationCore

/// What the signature of a list covers, taken from the tbsCertList as it passes: a digest of it, or, for algorithms that sign
/// in one pass, the octets themselves.
package struct SignedOctets: ~Copyable {
    private enum Taken {
        case digest(OpaquePointer)
        case message([UInt8])
    }

    private let algorithm: [UInt8]
    private var taken: Taken

    /// - Parameters:
    ///   - algorithm: the DER of the AlgorithmIdentifier.
    ///   - count: how many octets there will be.
    package init(algorithm: [UInt8], count: Int) throws(IssuerSignature.Failure) {
        switch try IssuerSignature.scheme(of: algorithm) {
        case .digest(let digest, _):
            guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
            guard EVP_DigestInit_ex(context, digest, nil) == 1 else {
                EVP_MD_CTX_free(context)
                OpenSSLErrorQueue.clear()
                // A library that does not provide this digest cannot check the signature either.
                throw .unknownAlgorithm
            }
            taken = .digest(context)
        case .onePass:
            guard count <= IssuerSignature.maximumOnePassOctets else { throw .tooLargeForOnePass(octets: count) }
            var message: [UInt8] = []
            message.reserveCapacity(count)
            taken = .message(message)
        }
        self.algorithm = algorithm
    }

    deinit {
        if case .digest(let context) = taken { EVP_MD_CTX_free(context) }
    }

    package mutating func add(_ octets: Span<UInt8>) {
        switch taken {
        case .digest(let context):
            octets.withUnsafeBytes { bytes in
                let result = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
                precondition(result == 1, "a digest that was begun takes octets")
            }
        case .message(var message):
            // Let go, so that it grows where it is.
            taken = .message([])
            octets.withUnsafeBufferPointer { message.append(contentsOf: $0) }
            taken = .message(message)
        }
    }

    /// - Parameter value: of the signature.
    package consuming func signature(_ value: [UInt8]) -> ListSignature {
        switch taken {
        case .digest(let context):
            let octets = [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, initialized in
                var count: UInt32 = 0
                let result = EVP_DigestFinal_ex(context, buffer.baseAddress, &count)
                precondition(result == 1, "a digest that was begun ends")
                initialized = Int(count)
            }
            return ListSignature(covered: .digest(octets), algorithm: algorithm, value: value)
        case .message(let octets): return ListSignature(covered: .message(octets), algorithm: algorithm, value: value)
        }
    }
}
