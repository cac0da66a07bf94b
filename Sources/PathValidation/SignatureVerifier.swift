/// Checks one signature. The search is pure; this is its door to cryptography.
package protocol SignatureVerifier {
    /// Whether `certificate` is signed with the key that `issuer` certifies. Names and algorithms' strength are not its matter.
    func isSigned(_ certificate: CandidateCertificate, by issuer: CandidateCertificate) -> Bool
}
