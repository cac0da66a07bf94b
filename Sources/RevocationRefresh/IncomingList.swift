import DER
import RevocationLists
import SignatureChecking
import VerificationCore

/// One list on its way from octets into the index, in one pass: digested, read and folded into its table as it arrives.
struct IncomingList: ~Copyable {
    private var stream = RevocationListStream()
    /// Nil until the list has said how it is signed.
    private var signed: ListDigest?
    private var builder: RevokedTableBuilder
    private var batch: [ListedEntry] = []

    init(storage: ListStorage) {
        // Secret, so that no serial numbers can be chosen to meet in one place.
        let hash = SipHash(keyLow: .random(in: .min ... .max), keyHigh: .random(in: .min ... .max))
        builder = RevokedTableBuilder(hash: hash) { () throws(RecordStorageFailure) in storage.newStore() }
    }

    var entryCount: Int { stream.entryCount }

    mutating func read(_ octets: Span<UInt8>) throws(ListLoadFailure) {
        var used = 0
        while used < octets.count {
            let rest = octets.extracting(used...)
            let step: RevocationListStream.Step
            do { step = try stream.read(rest, into: &batch) } catch { throw .malformed("\(error)") }
            if let beginning = step.beginning {
                do {
                    signed = try ListDigest(algorithm: beginning.algorithm, count: beginning.octetCount)
                } catch {
                    throw ListLoadFailure(error)
                }
                signed?.add(beginning.earlierOctets.span)
            }
            signed?.add(rest.extracting(step.signed))
            builder.append(batch)
            batch.removeAll(keepingCapacity: true)
            used += step.used
        }
    }

    /// The list, parked: who signed it is not known yet.
    consuming func finish(source: String, anchorEntry: String) throws(ListLoadFailure) -> IndexedList {
        let facts: RevocationListFacts
        do { facts = try stream.finish() } catch { throw .malformed("\(error)") }
        // RFC 5280 §5.1.2.5 demands it, and without it a list would be believed for ever.
        guard let nextUpdate = facts.nextUpdate else { throw .noNextUpdate }
        guard let signed = signed.take() else { preconditionFailure("a list that was read to its end has said how it is signed") }
        let table: RevokedTable
        do { table = try builder.finish() } catch { throw .notStored(error.reason) }
        return IndexedList(
            source: source, anchorEntry: anchorEntry, facts: facts, nextUpdate: nextUpdate,
            signature: signed.signature(facts.signatureValue), table: table
        )
    }
}
