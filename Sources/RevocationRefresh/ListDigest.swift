import Dispatch
import SignatureChecking
import VerificationCore

/// Takes what a list's signature covers, on a thread beside the one that reads the list when there is much of it: digesting
/// takes as long as a third of everything else.
// SAFETY: one thread at a time touches the digest: the reader until the first block is handed over, from then on the
// blocks on the serial queue, and the reader again once the queue has run empty.
final class ListDigest: @unchecked Sendable {
    /// Octets that are handed over at once. What a list of fewer covers is digested where it is read.
    private static let blockOctets = 64 << 10
    /// Blocks that may wait.
    private static let waitingBlocks = 16

    private var signed: SignedOctets?
    private var block: [UInt8] = []
    private var isHandedOver = false
    private let queue = DispatchQueue(label: "digest")
    private let room = DispatchSemaphore(value: waitingBlocks)

    /// - Parameters: of ``SignedOctets``.
    init(algorithm: [UInt8], count: Int) throws(IssuerSignature.Failure) {
        signed = try SignedOctets(algorithm: algorithm, count: count)
        block.reserveCapacity(min(count, Self.blockOctets))
    }

    func add(_ octets: Span<UInt8>) {
        var used = 0
        while used < octets.count {
            let taken = min(octets.count - used, Self.blockOctets - block.count)
            octets.extracting(used..<(used + taken)).withUnsafeBufferPointer { block.append(contentsOf: $0) }
            used += taken
            if block.count == Self.blockOctets { handOver() }
        }
    }

    private func handOver() {
        isHandedOver = true
        let full = block
        block = []
        block.reserveCapacity(Self.blockOctets)
        room.wait()
        queue.async { [self] in
            signed?.add(full.span)
            room.signal()
        }
    }

    /// - Parameter value: of the signature. Nothing is added after it.
    func signature(_ value: [UInt8]) -> ListSignature {
        if isHandedOver { queue.sync {} }
        signed?.add(block.span)
        guard let signature = signed.take()?.signature(value) else { preconditionFailure("a digest ends twice") }
        return signature
    }
}
