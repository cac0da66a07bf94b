import LabPKI
import OfflineVerification
import PKITypes
import RevocationLists
import Synchronization
import Testing
import VerificationCore

@testable import Explanation

@Suite("The explanation when a record lies on the disk")
struct StoredRecordTests {
    /// A disk that has what was written in memory only once it was asked for it, or never.
    final class Disk: Sendable {
        enum Kind { case slow, deaf }

        private let kind: Kind
        private let state = Mutex<(octets: [UInt8], fetches: Int)>(([], 0))

        init(_ kind: Kind) { self.kind = kind }

        var fetches: Int { state.withLock { $0.fetches } }

        var store: RecordStore {
            RecordStore(
                write: { [self] span in
                    let octets = span.withUnsafeBytes { Array($0) }
                    state.withLock { $0.octets += octets }
                },
                finish: { [self] in
                    StoredRecords(
                        readIfAtHand: { [self] offset, room in
                            state.withLock { state in
                                guard kind == .slow, state.fetches > 0 else { return .notAtHand }
                                state.octets.withUnsafeBytes {
                                    room.copyMemory(from: .init(rebasing: $0[offset..<(offset + room.count)]))
                                }
                                return .read
                            }
                        },
                        fetch: { [self] _, _ in state.withLock { $0.fetches += 1 } },
                        keeper: self
                    )
                }
            )
        }
    }

    /// The device is on a list whose records lie on `disk`.
    private func explanation(_ disk: Disk) throws -> Explanation {
        var fixture = try ExplanationFixture()
        let list = try CertificateRevocationList(der: fixture.issuing.revocationList().der)
        var builder = RevokedTableBuilder(hash: SipHash(keyLow: 1, keyHigh: 2)) { disk.store }
        let serial = try #require(SerialNumber(octets: fixture.device.serial))
        // Fewer would stay in memory.
        let others = (0..<RevokedTableBuilder.residentRecordsMaximum).compactMap { number in
            SerialNumber(octets: [1, UInt8(number >> 8), UInt8(number & 0xff)])
        }
        builder.append(([serial] + others).map { ListedEntry(serial: $0, reason: .keyCompromise, revokedAt: fixture.now) })
        let table = try builder.finish()
        fixture.lists[1] = IndexedList(
            source: "issuing.crl", anchorEntry: ExplanationFixture.anchorName, facts: list.facts,
            nextUpdate: fixture.now + 3600, signature: ListSignature(covered: .digest([]), algorithm: [], value: []), table: table
        )
        fixture.lists[1].markProven(by: .only)
        return try fixture.explanation()
    }

    @Test("is what the record says, which is read first, and before it where it stands")
    func slow() throws {
        let disk = Disk(.slow)
        let explanation = try explanation(disk)
        #expect(explanation.outcome.reason == "revoked" && disk.fetches == 2)
        #expect(explanation.document["revocation", "0", "revocation_reason"] == .string("keyCompromise"))
    }

    @Test("is a refusal when the record cannot be had")
    func deaf() throws {
        let disk = Disk(.deaf)
        let explanation = try explanation(disk)
        #expect(explanation.outcome.reason == "revocation-unknown" && explanation.outcome.step == .revocation)
        #expect((1...200).contains(disk.fetches))
        #expect(explanation.document["revocation", "0", "status"] == .string("unconfirmed"))
        #expect(explanation.text.contains("not known: what a list says of it could not be read from the disk in time"))
        #expect(explanation.revocation.map(\.effect) == [.outranked, .passes])
    }
}
