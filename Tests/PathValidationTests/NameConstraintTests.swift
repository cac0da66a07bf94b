import LabPKI
import PKITypes
import Testing

/// Constraints of an intermediate on the names of the leaf, one form at a time.
@Suite("Name constraints")
struct NameConstraintTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: LabGeneralName
        let base: LabGeneralName
        /// As the only permitted subtree; and as the only excluded one.
        let permits: Bool
        let excludes: Bool

        init(_ name: LabGeneralName, _ base: LabGeneralName, permits: Bool, excludes: Bool) {
            (self.name, self.base, self.permits, self.excludes) = (name, base, permits, excludes)
        }

        var testDescription: String { "\(name) in \(base)" }

        /// A name that is wholly inside or wholly outside.
        static func inside(_ name: LabGeneralName, _ base: LabGeneralName) -> Self {
            Self(name, base, permits: true, excludes: true)
        }
        static func outside(_ name: LabGeneralName, _ base: LabGeneralName) -> Self {
            Self(name, base, permits: false, excludes: false)
        }
        /// A name or a base that cannot be judged refuses either way.
        static func refused(_ name: LabGeneralName, _ base: LabGeneralName) -> Self {
            Self(name, base, permits: false, excludes: true)
        }
    }

    static let dns: [Case] = [
        .inside(.dns("a.example"), .dns("a.example")), .inside(.dns("x.y.a.example"), .dns("a.example")),
        .inside(.dns("X.A.Example"), .dns("a.eXample")), .inside(.dns("a.example"), .dns("")),
        .outside(.dns("xa.example"), .dns("a.example")), .outside(.dns("example"), .dns("a.example")),
        .outside(.dns("a.example.com"), .dns("a.example")),
        .inside(.dns("*.a.example"), .dns("a.example")), .inside(.dns("*.x.a.example"), .dns("a.example")),
        // Some of what the wildcard stands for is inside.
        Case(.dns("*.a.example"), .dns("x.a.example"), permits: false, excludes: true),
        .outside(.dns("*.a.example"), .dns("y.x.a.example")), .outside(.dns("*.b.example"), .dns("a.example")),
        .refused(.dns(".a.example"), .dns("a.example")), .refused(.dns("a..example"), .dns("example")),
        .refused(.dns("a.example."), .dns("a.example")), .refused(.dns("x*.a.example"), .dns("a.example")),
        .refused(.dns("a b.example"), .dns("example")), .refused(.dns("*"), .dns("example")),
        .refused(.dns("x.a.example"), .dns(".a.example")), .refused(.dns("x.a.example"), .dns("*.a.example")),
        .refused(.dns("a.example"), .dns("a.example.")),
    ]

    static let mailboxes: [Case] = [
        .inside(.email("a@h.example"), .email("a@h.example")), .inside(.email("a@H.example"), .email("a@h.EXAMPLE")),
        .outside(.email("A@h.example"), .email("a@h.example")), .inside(.email("a@h.example"), .email("h.example")),
        .outside(.email("a@x.h.example"), .email("h.example")), .inside(.email("a@x.h.example"), .email(".h.example")),
        .outside(.email("a@h.example"), .email(".h.example")), .outside(.email("a@g.example"), .email("h.example")),
        .refused(.email("a@b@h.example"), .email("h.example")), .refused(.email("h.example"), .email("h.example")),
        .refused(.email("@h.example"), .email("h.example")), .refused(.email("a@h.example"), .email("a@b@h.example")),
        .refused(.email("a@h.example"), .email("")), .refused(.email("a@.example"), .email(".example")),
    ]

    static let uris: [Case] = [
        .inside(.uri("https://h.example/x"), .uri("h.example")), .inside(.uri("spiffe://H.example:8/x"), .uri("h.example")),
        .outside(.uri("https://x.h.example"), .uri("h.example")), .inside(.uri("https://x.h.example/?q"), .uri(".h.example")),
        .outside(.uri("https://h.example"), .uri(".h.example")), .outside(.uri("https://h.example.com"), .uri("h.example")),
        .refused(.uri("https://u@h.example/"), .uri("h.example")), .refused(.uri("https://h.example?q"), .uri("h.example")),
        .refused(.uri("https://h.example:8:9/"), .uri("h.example")), .refused(.uri("urn:a:b"), .uri("h.example")),
        .refused(.uri("https:///x"), .uri("h.example")),
        .refused(.uri("https://10.0.0.1/"), .uri("h.example")), .refused(.uri("https://[::1]/"), .uri("h.example")),
        .refused(.uri("https://h%2eexample/"), .uri("h.example")), .refused(.uri("https://h.example"), .uri("https://h.example")),
    ]

    static let addresses: [Case] = [
        .inside(.ip("10.1.2.3"), .ipOctets([10, 0, 0, 0, 255, 0, 0, 0])),
        .outside(.ip("11.1.2.3"), .ipOctets([10, 0, 0, 0, 255, 0, 0, 0])),
        .inside(.ip("10.1.2.3"), .ipOctets([10, 1, 2, 0, 255, 255, 254, 0])),
        .outside(.ip("10.1.4.3"), .ipOctets([10, 1, 2, 0, 255, 255, 254, 0])),
        .inside(.ip("10.1.2.3"), .ipOctets([0, 0, 0, 0, 0, 0, 0, 0])), .outside(.ip("::1"), .ipOctets([0, 0, 0, 0, 0, 0, 0, 0])),
        .inside(.ip("::1"), .ipOctets([UInt8](repeating: 0, count: 15) + [1] + [UInt8](repeating: 255, count: 16))),
        .outside(.ip("::2"), .ipOctets([UInt8](repeating: 0, count: 15) + [1] + [UInt8](repeating: 255, count: 16))),
        .refused(.ip("10.1.2.3"), .ipOctets([10, 1, 2, 3])), .refused(.ip("10.1.2.3"), .ipOctets([10, 0, 0, 0, 255, 0, 255, 0])),
    ]

    static let pump = LabName([.country("DE"), .organization("Hospital"), .commonName("Pump")])
    static let directories: [Case] = [
        .inside(.directoryName(pump), .directoryName(LabName([.country("DE"), .organization("HOSPITAL ")]))),
        .inside(.directoryName(pump), .directoryName(pump)),
        .outside(.directoryName(pump), .directoryName(LabName([.country("DE"), .organization("Hosp")]))),
        .outside(.directoryName(pump), .directoryName(LabName([.organization("Hospital")]))),
        .outside(
            .directoryName(pump),
            .directoryName(LabName([.country("DE"), .organization("Hospital"), .commonName("Pump"), .commonName("x")]))),
    ]

    static let unsupported: [Case] = [
        .refused(.registeredID("1.2.3"), .registeredID("1.2.3")), .refused(.registeredID("1.2.4"), .registeredID("1.2.3")),
        .refused(.hardwareModuleName(type: "1.2.3", serial: [1]), .hardwareModuleName(type: "1.2.3", serial: [1])),
    ]

    let root: LabCertificateAuthority
    let key: LabKey

    init() throws {
        root = try LabCertificateAuthority()
        key = try LabKey()
    }

    private func refusal(
        permitted: [LabGeneralName] = [], excluded: [LabGeneralName] = [], names: [LabGeneralName], subject: LabName = .empty
    ) throws -> RefusalReason? {
        let constraints = try LabExtension.nameConstraints(permitted: permitted, excluded: excluded)
        let issuing = try root.issueIntermediate { $0.extraExtensions = [constraints] }
        let leaf = try issuing.issue(.device(subject, names: names), key: key)
        let failure = try PathLaboratory(root).failure(leaf)
        #expect(failure?.disagreement == nil, "\(failure?.diagnosis ?? "")")
        return failure?.reason
    }

    @Test("a name and a base", arguments: dns + mailboxes + uris + addresses + directories + unsupported)
    func subtree(_ example: Case) throws {
        let permitted = try refusal(permitted: [example.base], names: [example.name])
        #expect(permitted == (example.permits ? nil : .constraintViolated))
        let excluded = try refusal(excluded: [example.base], names: [example.name])
        #expect(excluded == (example.excludes ? .constraintViolated : nil))
    }

    @Test("a constraint concerns its own form alone")
    func forms() throws {
        let bases: [LabGeneralName] = [
            .dns("a.example"), .email("a.example"), .uri("a.example"), .ipOctets([10, 0, 0, 0, 255, 0, 0, 0]),
            .registeredID("1.2.3"), .directoryName(Self.pump),
        ]
        let others: [LabGeneralName] = [
            .dns("b.example"), .email("a@b.example"), .uri("https://b.example"), .ip("11.0.0.1"), .registeredID("1.2.4"),
            .directoryName(.commonName("x")),
        ]
        for (position, base) in bases.enumerated() {
            for (other, name) in others.enumerated() {
                #expect(try refusal(permitted: [base], names: [name]) == (position == other ? .constraintViolated : nil))
            }
        }
    }

    @Test("every name must be permitted by some subtree; one excluded name refuses")
    func several() throws {
        let both: [LabGeneralName] = [.dns("a.example"), .dns("b.example")]
        #expect(try refusal(permitted: both, names: both) == nil)
        #expect(try refusal(permitted: [both[0]], names: both) == .constraintViolated)
        #expect(
            try refusal(permitted: both, excluded: [.dns("x.a.example")], names: [.dns("x.a.example")]) == .constraintViolated)
        #expect(try refusal(permitted: [.dns("a.example")], excluded: [.dns("a.example")], names: [.dns("a.example")]) != nil)
    }

    @Test("the subject is a name too, and so is a mailbox in it; a common name is no DNS name")
    func subject() throws {
        let inside = LabName([.country("DE"), .commonName("x")])
        let base = LabGeneralName.directoryName(LabName([.country("DE")]))
        #expect(try refusal(permitted: [base], names: [.uri("urn:a")], subject: inside) == nil)
        #expect(try refusal(permitted: [base], names: [.uri("urn:a")], subject: .commonName("x")) == .constraintViolated)
        #expect(try refusal(excluded: [base], names: [.uri("urn:a")], subject: inside) == .constraintViolated)
        let mailbox = LabName([.init(type: "1.2.840.113549.1.9.1", value: LabDER.ia5String("a@h.example"))])
        #expect(try refusal(permitted: [.email("h.example")], names: [], subject: mailbox) == nil)
        #expect(try refusal(permitted: [.email("g.example")], names: [], subject: mailbox) == .constraintViolated)
        #expect(try refusal(permitted: [.dns("a.example")], names: [], subject: .commonName("b.example")) == nil)
    }

    @Test("each authority narrows; none widens; names of authorities count, except of those that are self-issued")
    func narrowing() throws {
        func constrained(_ names: [LabGeneralName]) throws -> LabExtension { try .nameConstraints(permitted: names) }
        let (outer, inner) = (try constrained([.dns("a.example")]), try constrained([.dns("x.a.example"), .dns("b.example")]))
        let wide = try root.issueIntermediate("Wide") { $0.extraExtensions = [outer] }
        let narrow = try wide.issueIntermediate("Narrow") { $0.extraExtensions = [inner] }
        let lab = PathLaboratory(root)
        #expect(try lab.refusal(narrow.issueDevice(names: [.dns("x.a.example")])) == nil)
        #expect(try lab.refusal(narrow.issueDevice(names: [.dns("y.a.example")])) == .constraintViolated)
        #expect(try lab.refusal(narrow.issueDevice(names: [.dns("b.example")])) == .constraintViolated)
        let named = try wide.issueIntermediate("Named") { $0.subjectAlternativeNames = [.dns("c.example")] }
        #expect(try lab.refusal(named.issueDevice(names: [.dns("a.example")])) == .constraintViolated)
        let renewed = try wide.newKey { $0.subjectAlternativeNames = [.dns("c.example")] }
        #expect(try lab.refusal(renewed.issueDevice(names: [.dns("a.example")]), [renewed.der, wide.der]) == nil)
    }

    @Test("the anchor's constraints hold")
    func anchor() throws {
        let constraints = try LabExtension.nameConstraints(permitted: [.dns("a.example")])
        let anchor = try LabCertificateAuthority(root: "Constrained") { $0.extraExtensions = [constraints] }
        #expect(try PathLaboratory(anchor).refusal(anchor.issueDevice(names: [.dns("a.example")])) == nil)
        #expect(try PathLaboratory(anchor).refusal(anchor.issueDevice(names: [.dns("b.example")])) == .constraintViolated)
    }
}
