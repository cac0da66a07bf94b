import DER
import PKITypes
import X509

/// Reads a certificate revocation list (RFC 5280 §5) from octets as they arrive, strictly, and keeps no more of it than the
/// element at hand: entries go out in batches, everything else at the end, as ``RevocationListFacts``.
///
/// When several things are wrong with a list, its outside is judged before its inside, and its extensions before its entries,
/// which they say how to read. So a failure inside is told when the whole list has arrived (``finish()``); one that no later
/// octet can change is told at once.
package struct RevocationListStream: Sendable {
    /// What one step did with the octets that it was given.
    package struct Step: Sendable {
        /// How many it used: all of them, unless the batch is full.
        package let used: Int
        /// Which of those belong to the signed part.
        package let signed: Range<Int>
        /// Not nil in the one step that read the signature algorithm; from then on steps say what is signed.
        package let beginning: SignedBeginning?
    }

    /// The signed part up to the step in which its algorithm became known.
    package struct SignedBeginning: Sendable {
        /// The AlgorithmIdentifier inside the signed part, DER.
        package let algorithm: [UInt8]
        /// How long the signed part says that it is.
        package let octetCount: Int
        /// Octets of the signed part that earlier steps used.
        package let earlierOctets: [UInt8]
    }

    /// The octets used so far.
    package var octetCount: Int { received }
    /// Of the whole list, once its first octets say it.
    package var expectedOctets: Int? { phase == .list ? nil : outline.listEnd }
    package var entryCount: Int { outline.entryReader?.count ?? 0 }

    private var phase = ListOutline.Phase.list
    private var outline = ListOutline()
    /// Octets of an element that has not arrived whole; they begin at ``position``.
    private var carried: [UInt8] = []
    /// How many octets of it, at least, are needed to go on.
    private var needed = 1
    /// Where the next element begins, counted from the list's first octet.
    private var position = 0
    private var received = 0
    /// Octets of the signed part from before its algorithm was known.
    private var unannounced: [UInt8] = []
    private var hasAnnounced = false

    package init() {}

    /// Reads octets until they are used up or the batch is full.
    ///
    /// - Parameter batch: empty; entries are appended.
    package mutating func read(_ octets: Span<UInt8>, into batch: inout [ListedEntry]) throws(DERFailure) -> Step {
        precondition(batch.isEmpty, "the last batch has not been taken")
        let start = received
        var used = 0
        while !carried.isEmpty, batch.count < ListedEntryReader.batchEntries {
            let missing = min(max(needed - carried.count, 0), octets.count - used)
            carried.reserveCapacity(carried.count + missing)
            for offset in used..<(used + missing) { carried.append(octets[offset]) }
            used += missing
            guard carried.count >= needed else { break }
            var window: [UInt8] = []
            swap(&window, &carried)
            let consumed = try advance(through: window.span, into: &batch)
            window.removeFirst(consumed)
            swap(&window, &carried)
        }
        if carried.isEmpty, batch.count < ListedEntryReader.batchEntries {
            let rest = octets.extracting(used...)
            let consumed = try advance(through: rest, into: &batch)
            used += consumed
            // Less than one element; but a full batch leaves what follows to the next step.
            if batch.count < ListedEntryReader.batchEntries {
                carried.append(contentsOf: [UInt8](octets, from: used, to: octets.count))
                used = octets.count
            }
        }
        received = start + used
        return step(from: start, used: used, octets)
    }

    /// Everything but the entries, when the list has arrived to its last octet.
    package func finish() throws(DERFailure) -> RevocationListFacts {
        if phase == .list {
            // Not even a header: whoever reads it whole says what is wrong with it.
            var reader = DERReader(carried)
            _ = try reader.readSequence()
        }
        guard phase == .end, position == outline.listEnd else { throw DERFailure(.truncated, at: 0) }
        return try outline.facts()
    }
}

// MARK: - The signed part

extension RevocationListStream {
    private mutating func step(from start: Int, used: Int, _ octets: Span<UInt8>) -> Step {
        let signed = outline.signedPart.clamped(to: start..<(start + used))
        let range = (signed.lowerBound - start)..<(signed.upperBound - start)
        if let algorithm = outline.signedAlgorithm {
            let beginning =
                hasAnnounced
                ? nil
                : SignedBeginning(
                    algorithm: algorithm, octetCount: outline.signedPart.count, earlierOctets: unannounced)
            hasAnnounced = true
            unannounced = []
            return Step(used: used, signed: range, beginning: beginning)
        }
        if outline.failure == nil {
            unannounced.append(contentsOf: [UInt8](octets, from: range.lowerBound, to: range.upperBound))
        }
        return Step(used: used, signed: 0..<0, beginning: nil)
    }
}

// MARK: - Walking

extension RevocationListStream {
    /// Reads as many elements as the window holds whole. What is left over belongs to one that it does not, or the batch is
    /// full.
    private mutating func advance(
        through window: Span<UInt8>, into batch: inout [ListedEntry]
    ) throws(DERFailure) -> Int {
        let origin = position
        while true {
            let cursor = position - origin
            if let end = outline.skipsTo {
                position = min(end, origin + window.count)
                guard position == end else { break }
                outline.skipsTo = nil
                continue
            }
            do throws(DERFailure) {
                let outcome = try outline.read(phase, window, at: cursor, origin: origin, into: &batch)
                position = origin + outcome.end
                switch outcome {
                case .done(_, let next): phase = next
                case .needs(let end, let octets):
                    needed = octets
                    return end
                case .batchIsFull(let end): return end
                }
            } catch {
                phase = try outline.fail(DERFailure(error.reason, at: error.offset + origin), in: phase)
            }
        }
        needed = 1
        return position - origin
    }
}
