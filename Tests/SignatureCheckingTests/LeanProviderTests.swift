import COpenSSL
import Glibc
import LabPKI
import SignatureChecking
import Testing

@Suite("What our library contexts do themselves gives what OpenSSL's own gives")
struct LeanProviderTests {
    /// HKDF-Extract and HKDF-Expand-Label as libssl asks for them.
    private struct Question {
        let mode: Int32
        let digest: String
        let key: [UInt8]?
        let salt: [UInt8]?
        let data: [UInt8]?
        let count: Int
    }

    private func derive(_ question: Question, in context: OpaquePointer?) -> [UInt8]? {
        guard let function = EVP_KDF_fetch(context, "TLS13-KDF", nil), let derivation = EVP_KDF_CTX_new(function) else {
            return nil
        }
        defer {
            EVP_KDF_CTX_free(derivation)
            EVP_KDF_free(function)
        }
        var (mode, digest) = (question.mode, Array(question.digest.utf8CString))
        var (key, salt, data) = (question.key ?? [], question.salt ?? [], question.data ?? [])
        var (prefix, label) = (Array("tls13 ".utf8), Array("derived".utf8))
        var result = [UInt8](repeating: 0, count: question.count)
        let isDerived = digest.withUnsafeMutableBufferPointer { digest in
            key.withUnsafeMutableBufferPointer { key in
                salt.withUnsafeMutableBufferPointer { salt in
                    data.withUnsafeMutableBufferPointer { data in
                        prefix.withUnsafeMutableBufferPointer { prefix in
                            label.withUnsafeMutableBufferPointer { label in
                                withUnsafeMutablePointer(to: &mode) { mode in
                                    func octets(_ name: String, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> OSSL_PARAM {
                                        OSSL_PARAM_construct_octet_string(
                                            Self.names[name], UnsafeMutableRawPointer(buffer.baseAddress), buffer.count)
                                    }
                                    var parameters = [
                                        OSSL_PARAM_construct_int(Self.names["mode"], mode),
                                        OSSL_PARAM_construct_utf8_string(Self.names["digest"], digest.baseAddress, 0),
                                        octets("prefix", prefix), octets("label", label),
                                    ]
                                    if question.key != nil { parameters.append(octets("key", key)) }
                                    if question.salt != nil { parameters.append(octets("salt", salt)) }
                                    if question.data != nil { parameters.append(octets("data", data)) }
                                    parameters.append(OSSL_PARAM_construct_end())
                                    return EVP_KDF_derive(derivation, &result, question.count, parameters) == 1
                                }
                            }
                        }
                    }
                }
            }
        }
        return isDerived ? result : nil
    }

    // SAFETY: written once, and only read; a parameter's name has to outlive the question.
    nonisolated(unsafe) private static let names: [String: UnsafePointer<CChar>] = Dictionary(
        uniqueKeysWithValues: ["mode", "digest", "prefix", "label", "key", "salt", "data"].compactMap { name in
            strdup(name).map { (name, UnsafePointer($0)) }
        }
    )

    @Test("the secrets of TLS 1.3, of each digest, length and shape", arguments: ["SHA2-256", "SHA2-384", "SHA2-512"])
    func secrets(digest: String) throws {
        let library = CryptoLibrary()
        let size = ["SHA2-256": 32, "SHA2-384": 48, "SHA2-512": 64][digest] ?? 0
        func secret(_ seed: UInt8) -> [UInt8] { (0..<UInt8(size)).map { $0 &* 7 &+ seed } }
        let questions =
            [1, 12, 16, 32, size, size + 1, 255].flatMap { count in
                [nil, [], secret(3)].map { data in
                    Question(
                        mode: EVP_KDF_HKDF_MODE_EXPAND_ONLY, digest: digest, key: secret(1), salt: nil, data: data, count: count)
                }
            }
            + [(nil, nil), (secret(1), nil), (nil, secret(2)), (secret(1), secret(2))].map { key, salt in
                Question(mode: EVP_KDF_HKDF_MODE_EXTRACT_ONLY, digest: digest, key: key, salt: salt, data: nil, count: size)
            }
        for question in questions {
            let expected = try #require(derive(question, in: nil))
            #expect(derive(question, in: library.context) == expected, "\(question)")
        }
        // Who has no key expands nothing.
        let keyless = Question(mode: EVP_KDF_HKDF_MODE_EXPAND_ONLY, digest: digest, key: nil, salt: nil, data: nil, count: size)
        #expect(derive(keyless, in: nil) == nil && derive(keyless, in: library.context) == nil)
    }

    @Test("keys of certificates, and nothing that is no point of its curve", arguments: LabKey.Kind.allCases)
    func keys(kind: LabKey.Kind) throws {
        let library = CryptoLibrary()
        let root = try LabCertificateAuthority(key: kind)
        let der = root.certificate.der
        let ours = try #require(OpenSSLCertificate(der: der, library: library))
        let plain = try #require(OpenSSLCertificate(der: der, library: nil))
        #expect(EVP_PKEY_eq(X509_get0_pubkey(ours.pointer), X509_get0_pubkey(plain.pointer)) == 1)
        #expect(X509_verify(ours.pointer, X509_get0_pubkey(ours.pointer)) == 1)
        // Uncompressed points begin behind the BIT STRING's count of unused bits.
        for header: [UInt8] in [[0x03, 0x42, 0x00, 0x04], [0x03, 0x62, 0x00, 0x04]] {
            guard let start = der.indices.first(where: { der[$0...].starts(with: header) }) else { continue }
            var moved = der
            moved[start + 10] ^= 1
            let broken = try #require(OpenSSLCertificate(der: moved, library: library))
            #expect(X509_get0_pubkey(broken.pointer) == nil)
        }
    }
}
