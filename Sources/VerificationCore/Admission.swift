import PKITypes

/// Evidence that a TLS handshake finished: the peer has proved that it holds the key of the certificate it showed.
///
/// The certificate is judged *before* that proof (a replayed public certificate gets as far as the judgement), so a permit
/// alone opens nothing.
package struct FinishedHandshake: ~Copyable, Sendable {
    /// Only the code that saw the handshake end may say this; `TidyTests` holds the list of files that do.
    package static func assertion() -> FinishedHandshake { FinishedHandshake() }
    private init() {}
}

/// The right to relay. It is made of a permitting verdict and a finished handshake, and of nothing less.
package struct Admission: ~Copyable, Sendable {
    package let permit: Permit

    package init(_ permit: Permit, _ handshake: consuming FinishedHandshake) {
        self.permit = permit
    }
}
