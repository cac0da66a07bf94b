import PKITypes

/// What a path is looked up by among the devices: keyed hashes, made once when the path is, so that a decision hashes no text.
///
/// The keys are this process's own, so that nobody outside can choose names or certificates that collide.
package struct DeviceMarks: Hashable, Sendable {
    package let identity: IdentityMark
    let credential: CredentialMark
    let key: KeyMark

    package init(_ identity: DeviceIdentity, _ credential: CredentialID, _ key: KeyFingerprint) {
        self.identity = IdentityMark(identity)
        self.credential = CredentialMark(credential, key)
        self.key = KeyMark(key)
    }
}

/// Stands for an identity: 128 bits, so that among a million devices no two are ever taken for each other.
package struct IdentityMark: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    package init(_ identity: DeviceIdentity) {
        high = keyedHash {
            $0.combine(UInt8(1)); $0.combine(identity)
        }
        low = keyedHash {
            $0.combine(UInt8(2)); $0.combine(identity)
        }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

/// Stands for a certificate of a device, with its key.
struct CredentialMark: Hashable, Sendable {
    let value: UInt64

    init(_ credential: CredentialID, _ key: KeyFingerprint) {
        value = keyedHash {
            $0.combine(credential); $0.combine(key)
        }
    }

    init(value: UInt64) { self.value = value }
}

/// Stands for a public key.
struct KeyMark: Hashable, Sendable {
    let value: UInt64

    init(_ key: KeyFingerprint) { value = keyedHash { $0.combine(key) } }

    init(value: UInt64) { self.value = value }
}

/// SipHash with the key that the standard library draws for each process.
private func keyedHash(_ feed: (inout Hasher) -> Void) -> UInt64 {
    var hasher = Hasher()
    feed(&hasher)
    return UInt64(bitPattern: Int64(hasher.finalize()))
}
