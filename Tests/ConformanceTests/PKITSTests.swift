import Testing

@Suite("NIST PKITS through batch mode")
struct PKITSTests {
    /// All but private certificate extensions, which have nothing to be shuffled: nothing here may be excused but what the
    /// exceptions name.
    static let coreSections = (1...15).map { "4.\($0)" }
    /// DSA (too weak by policy).
    static let coreExceptions: Set<String> = ["4.1.4", "4.1.5"]

    static var core: [PKITSCase] { PKITSCase.all.filter { coreSections.contains($0.section) } }

    /// A check that ends otherwise than NIST expects, and why.
    struct Exception: Decodable {
        let id: String
        let expected: String
        let actual: String
        let reason: String
    }

    static let exceptions: [String: Exception] = {
        let list: [Exception] = PKITSCase.fixture("pkits-exceptions.json")
        return Dictionary(uniqueKeysWithValues: list.map { ($0.id, $0) })
    }()

    @Test("every check ends as NIST expects or as the exceptions say, no better and no worse", arguments: PKITSCase.all)
    func verdict(_ check: PKITSCase) throws {
        let suite = try PKITSFiles.shared.get()
        let answer = try BatchAnswer(to: check.job(suite))
        #expect(answer.id == check.test)
        #expect(check.valid || !answer.isAccepted, "unsafe accept")
        if let exception = Self.exceptions[check.test] {
            #expect(exception.expected == (check.valid ? "accept" : "reject"))
            #expect(answer.reason == exception.actual, "the exception is out of date: \(answer.detail)")
        } else {
            #expect(answer.isAccepted == check.valid, "\(answer.reason): \(answer.detail)")
        }
    }

    @Test("exceptions are safe refusals, have reasons, and spare the core sections")
    func exceptionsAreFew() {
        #expect(PKITSCase.all.count == 249)
        let known = Set(PKITSCase.all.map(\.test))
        for exception in Self.exceptions.values {
            #expect(known.contains(exception.id))
            #expect(exception.expected == "accept" && exception.actual != "admitted", "\(exception.id) would be an unsafe accept")
            #expect(!exception.reason.isEmpty)
        }
        let excusedCore = Set(Self.core.map(\.test).filter { Self.exceptions[$0] != nil })
        #expect(excusedCore == Self.coreExceptions)
    }

    @Test("the order in which certificates and lists are handed over changes nothing", arguments: core)
    func shuffled(_ check: PKITSCase) throws {
        let suite = try PKITSFiles.shared.get()
        let intermediates = try check.path.dropFirst().dropLast().map(suite.certificate)
        let lists = try check.crls.map(suite.list)
        for _ in 0..<3 {
            let answer = try BatchAnswer(to: check.job(suite, offering: (intermediates.shuffled(), lists.shuffled())))
            #expect(
                answer.isAccepted == (check.valid && Self.exceptions[check.test] == nil), "\(answer.reason): \(answer.detail)")
        }
    }

    @Test("every other authority and list of the suite, handed over too, changes nothing", arguments: core)
    func everythingOffered(_ check: PKITSCase) throws {
        let suite = try PKITSFiles.shared.get()
        let offering = (suite.allAuthorities.shuffled(), suite.allLists.shuffled())
        try #require(offering.0.count > 100 && offering.1.count > 100)
        let answer = try BatchAnswer(to: check.job(suite, offering: offering))
        #expect(answer.isAccepted == (check.valid && Self.exceptions[check.test] == nil), "\(answer.reason): \(answer.detail)")
    }
}
