import LabPKI
import PKITypes
import RevocationRefresh
import Testing
import VerificationCore

@Suite("REV-9: the newest list of each kind is remembered")
struct HighWaterMarksTests {
    private let authority: LabCertificateAuthority
    private let now = LabTime.now()

    init() throws { authority = try LabCertificateAuthority() }

    private func list(
        _ number: UInt64?, at seconds: Int64 = 0, of other: LabCertificateAuthority? = nil, anchor: String = "devices",
        base: UInt64? = nil, key: UInt8 = 1
    ) throws -> IndexedList {
        let signed = try (other ?? authority).revocationList(number: number, thisUpdate: now + seconds) { profile in
            profile.deltaBase = base
            profile.authorityKeyIdentifier = .octets([key])
        }
        let list = try ListLoader.list(signed.der, source: "a", anchorEntry: anchor)
        list.markProven(by: .only)
        return list
    }

    private func isSetBack(_ lists: [IndexedList], after accepted: [IndexedList]) -> Bool {
        var marks = HighWaterMarks()
        marks.raise(by: accepted)
        return marks.mark(above: lists[0], among: lists) != nil
    }

    @Test("a lower number is a step back, and so is an older list where there is none")
    func older() throws {
        #expect(try isSetBack([list(6, at: 60)], after: [list(7)]))
        #expect(try !isSetBack([list(7)], after: [list(7)]))
        #expect(try !isSetBack([list(8, at: -60)], after: [list(7)]))
        #expect(try isSetBack([list(7, at: -1)], after: [list(7)]))
        #expect(try isSetBack([list(nil, at: -1)], after: [list(nil)]))
        #expect(try !isSetBack([list(nil, at: 1)], after: [list(7)]))
    }

    @Test("an older list beside the newest is none")
    func beside() throws {
        #expect(try !isSetBack([list(6), list(7)], after: [list(7), list(6)]))
        #expect(try isSetBack([list(5), list(6)], after: [list(7), list(6)]))
    }

    @Test("every anchor, issuer, key and kind has a mark of its own")
    func lineages() throws {
        let other = try LabCertificateAuthority(root: "Another")
        let accepted = [try list(7)]
        #expect(try !isSetBack([list(6, of: other)], after: accepted))
        #expect(try !isSetBack([list(6, anchor: "others")], after: accepted))
        #expect(try !isSetBack([list(6, key: 2)], after: accepted))
        #expect(try !isSetBack([list(6, base: 1)], after: accepted))
        #expect(try isSetBack([list(6, base: 1)], after: [list(7, base: 1)]))
    }

    @Test("who is not proven raises no mark")
    func parked() throws {
        let parked = try ListLoader.list(authority.revocationList(number: 9).der, source: "a", anchorEntry: "devices")
        var marks = HighWaterMarks()
        marks.raise(by: [parked])
        #expect(marks == HighWaterMarks())
    }

    @Test("octets that are kept say the same again, and others say nothing")
    func encoding() throws {
        var marks = HighWaterMarks()
        marks.raise(by: try [list(7), list(nil, key: 2), list(9, base: 3)])
        let encoded = marks.encoded
        #expect(HighWaterMarks(encoded) == marks)
        #expect(HighWaterMarks(HighWaterMarks().encoded) == HighWaterMarks())
        for position in encoded.indices {
            var bad = encoded
            bad[position] ^= 1
            #expect(HighWaterMarks(bad) == nil)
            #expect(HighWaterMarks(Array(encoded.prefix(position))) == nil)
        }
    }
}
