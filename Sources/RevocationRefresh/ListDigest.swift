import SignatureChecking
import VerificationCore

/// Takes what a list's signature covers, on a thread beside the one that reads the list when there is much of it: digesting
/// takes as long as a third of everything else.
struct ListDigest: ~Copyable {
    /// What a list of fewer octets covers is digested where it is read.
    private static let relayedOctets = 2 * BlockRelay.blockOctets

    // SAFETY: one thread touches it: the reader's for a short list; for a long one the relay's, and the reader's again once the
    // relay is drained.
    private final class Running: @unchecked Sendable {
        var signed: SignedOctets?
        init(_ signed: consuming SignedOctets) { self.signed = consume signed }
    }

    private let running: Running
    private let relay: BlockRelay?

    /// - Parameters: of ``SignedOctets``.
    init(algorithm: [UInt8], count: Int) throws(IssuerSignature.Failure) {
        let running = Running(try SignedOctets(algorithm: algorithm, count: count))
        self.running = running
        relay =
            count <= Self.relayedOctets
            ? nil : BlockRelay("digest") { running.signed?.add($0.assumingMemoryBound(to: UInt8.self).span) }
    }

    func add(_ octets: Span<UInt8>) {
        if let relay { relay.add(octets.bytes) } else { running.signed?.add(octets) }
    }

    /// - Parameter value: of the signature. Nothing is added after it.
    consuming func signature(_ value: [UInt8]) -> ListSignature {
        relay?.drain()
        guard let signature = running.signed.take()?.signature(value) else { preconditionFailure("a digest ends twice") }
        return signature
    }
}
