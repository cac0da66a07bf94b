import DER
import DERTesting
import Testing
import X509

@Suite("A distribution point's name relative to its issuer")
struct RelativePointNameTests {
    @Test("is the whole name, whatever the length of what it adds", arguments: [1, 100, 127, 128, 255, 256, 5_000])
    func lengths(count: Int) throws {
        let addition: (type: String, value: [UInt8]) = ("2.5.4.3", Encode.utf8(String(repeating: "a", count: count)))
        let issuer: [(type: String, value: [UInt8])] = [("2.5.4.6", Encode.printable("DE")), ("2.5.4.3", Encode.utf8("CA"))]
        let relative = Encode.explicit(1, Encode.sequence(Encode.oid(addition.type), addition.value))
        let full = Encode.explicit(0, Encode.explicit(4, Encode.name(issuer + [addition])))
        let continued = try DistributionPointName(from: DERReader(relative), relativeTo: Encode.name(issuer))
        let whole = try DistributionPointName(from: DERReader(full), relativeTo: nil)
        #expect(continued == whole && continued.sharesName(with: whole))
        #expect(throws: DERFailure.self) { try DistributionPointName(from: DERReader(relative), relativeTo: nil) }
    }

    @Test("that cannot be read is at fault where it stands, and not where it would stand in the whole")
    func unreadable() {
        let relative = Encode.explicit(1, Encode.sequence(Encode.oid("2.5.4.3"), Encode.tlv(0x1c, [0, 0, 0])))
        let before = Encode.null
        for issuer in ["A", String(repeating: "a", count: 100)] {
            let base = Encode.name([("2.5.4.3", Encode.utf8(issuer))])
            let bytes = before + relative
            let failure = #expect(throws: DERFailure.self) {
                try DistributionPointName(from: DERReader(bytes, in: before.count..<bytes.count), relativeTo: base)
            }
            #expect(failure == DERFailure(.textInvalid, at: before.count))
        }
    }
}
