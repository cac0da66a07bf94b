import DER
import DERTesting
import Testing
import X509

@Suite("A certificate's distribution points") struct DistributionPointTests {
    private static func points(_ items: [UInt8]...) throws -> [DistributionPoint] {
        var sample = SampleCertificate()
        sample.extensions = [Encode.extensionItem("2.5.29.31", Encode.sequence(Array(items.joined())))]
        return try DistributionPoint.list(of: Certificate(der: sample.der))
    }

    private static func fullName(_ names: [UInt8]...) -> [UInt8] { Encode.explicit(0, Encode.explicit(0, Array(names.joined()))) }
    private static let url = Encode.uriName("http://pki.example/1.crl")
    private static let issuer = Encode.name([("2.5.4.3", Encode.utf8("List CA"))])
    private static let relative = Encode.sequence(Encode.oid("2.5.4.3"), Encode.utf8("Shard 3"))

    private func directory(_ point: DistributionPoint) -> [String] {
        point.name?.names.compactMap { if case .directory(let name) = $0 { name.display } else { nil } } ?? []
    }

    @Test("are read in order, with names, reasons and issuers of lists")
    func fields() throws {
        let reasons = Encode.implicit(1, [0x05, 0x60])
        let issuers = Encode.explicit(2, Encode.explicit(4, Self.issuer))
        let points = try Self.points(
            Encode.sequence(Self.fullName(Self.url, Encode.explicit(4, Self.issuer))),
            Encode.sequence(Self.fullName(Self.url), reasons), Encode.sequence(issuers))
        try #require(points.count == 3)
        #expect(points[0].name?.names.count == 2 && points[0].reasons == .all && points[0].crlIssuers.isEmpty)
        #expect(points[0].name?.names.first == .other(Self.url) && directory(points[0]) == ["CN=List CA"])
        #expect(points[1].reasons == [.keyCompromise, .caCompromise])
        #expect(points[2].name == nil && points[2].crlIssuers.map(\.display) == ["CN=List CA"])
        #expect(try DistributionPoint.list(of: Certificate(der: SampleCertificate().der)).isEmpty)
    }

    @Test("with a name relative to the certificate's issuer, or to the list's, stand for the whole name")
    func relativeNames() throws {
        let name = Encode.explicit(0, Encode.explicit(1, Self.relative))
        let issuers = Encode.explicit(2, Encode.explicit(4, Self.issuer))
        #expect(try Self.points(Encode.sequence(name)).flatMap(directory) == ["CN=Shard 3,CN=Ward CA,C=DE"])
        #expect(try Self.points(Encode.sequence(name, issuers)).flatMap(directory) == ["CN=Shard 3,CN=List CA"])
        let ambiguous = Encode.explicit(2, Encode.explicit(4, Self.issuer), Encode.explicit(4, Self.issuer))
        #expect(throws: DERFailure.self) { try Self.points(Encode.sequence(name, ambiguous)) }
    }

    @Test("that are malformed are refused, and never taken for fewer or other ones", arguments: malformed)
    func refused(item: [UInt8]) {
        #expect(throws: DERFailure.self) { try Self.points(item) }
    }

    static let malformed: [[UInt8]] = [
        Encode.sequence(Encode.explicit(0)), Encode.sequence(fullName()), Encode.sequence(Encode.explicit(0, Encode.explicit(1))),
        Encode.sequence(fullName(url) + [0x05, 0x00]), Encode.sequence(Encode.explicit(0, Encode.explicit(2, url))),
        Encode.sequence(fullName([0x30, 0x00])), Encode.sequence(fullName(Encode.implicit(9, [1]))),
        Encode.sequence(fullName(url), Encode.implicit(1, [])), Encode.sequence(fullName(url), Encode.implicit(1, [0x08, 0x00])),
        Encode.sequence(fullName(url), Encode.implicit(1, [0x01, 0x61])),
        Encode.sequence(fullName(url), Encode.implicit(1, [0x01])),
        Encode.sequence(Encode.explicit(2, url)), Encode.sequence(fullName(Encode.explicit(4, [0x30, 0x02]))), [0x05, 0x00],
    ]

    @Test("have a limit, as their names have")
    func limits() throws {
        let one = Encode.sequence(Self.fullName(Self.url))
        func points(_ count: Int) throws -> Int {
            try Self.points(Array([[UInt8]](repeating: one, count: count).joined())).count
        }
        #expect(try points(DistributionPoint.maximumCount) == DistributionPoint.maximumCount)
        #expect(throws: DERFailure.self) { try points(DistributionPoint.maximumCount + 1) }
        let names = [[UInt8]](repeating: Self.url, count: DistributionPointName.maximumCount + 1)
        #expect(throws: DERFailure.self) { try Self.points(Encode.sequence(Self.fullName(Array(names.joined())))) }
    }

    @Test("of other kinds than directory names are compared octet by octet: kinds are never confused")
    func kinds() throws {
        let text = Array("http://pki.example/1.crl".utf8)
        let texts = [UInt8(1), 2, 6].map { Encode.implicit($0, text) }
        let kinds = texts + [Encode.implicit(7, [1, 2, 3, 4]), Encode.implicit(7, [1, 2, 3, 5])]
        for (i, left) in kinds.enumerated() {
            for (j, right) in kinds.enumerated() {
                let points = try Self.points(Encode.sequence(Self.fullName(left)), Encode.sequence(Self.fullName(right)))
                let (first, second) = (try #require(points[0].name), try #require(points[1].name))
                #expect(first.sharesName(with: second) == (i == j))
            }
        }
    }

    @Test("limit reasons by the bits of ReasonFlags; the unused one is nothing")
    func reasonBits() throws {
        func reasons(_ contents: [UInt8]) throws -> ReasonFlags? {
            try Self.points(Encode.sequence(Self.fullName(Self.url), Encode.implicit(1, contents))).first?.reasons
        }
        #expect(try reasons([0x07, 0x7f, 0x80]) == .all)
        #expect(try reasons([0x00, 0x80]) == [])
        #expect(try reasons([0x00]) == [])
        #expect(try reasons([0x07, 0x00, 0x80]) == .aaCompromise)
        #expect(try reasons([0x00, 0x02, 0x00]) == .certificateHold)
    }
}
