/// Which certificate: its issuer under one trust anchor, and the serial number that the issuer gave it.
///
/// The trust-anchor entry belongs to it: another anchor's CA of the same name numbers its own certificates.
package struct CredentialID: Hashable, Sendable {
    package let anchorEntry: String
    package let issuer: DistinguishedName
    package let serial: SerialNumber

    package init(anchorEntry: String, issuer: DistinguishedName, serial: SerialNumber) {
        self.anchorEntry = anchorEntry
        self.issuer = issuer
        self.serial = serial
    }
}

extension CredentialID: CustomStringConvertible {
    package var description: String { "\(serial) of \(issuer.display)" }
}
