import Testing

/// Evidence is made only beside the check that it is evidence of.
@Suite("Evidence")
struct EvidenceTests {
    struct Rule: Sendable, CustomTestStringConvertible {
        let evidence: String
        let maker: Pattern
        let files: Set<String>
        /// Ways of making it that must be found.
        let samples: [String]
        var testDescription: String { evidence }
    }

    static let rules = [
        // Both assertions, because `.assertion()` may leave the type's name to inference.
        Rule(
            evidence: "ValidatedPath or FinishedHandshake",
            maker: Pattern(#"(?<!func )\bassertion\s*\("#),
            files: ["Sources/SignatureChecking/OpenSSLPathEngine.swift", "Sources/TLSTermination/TLSServerConnection.swift"],
            samples: ["ValidatedPath.assertion(chain)", "let proof: FinishedHandshake = .assertion()"]
        ),
        Rule(
            evidence: "ValidatedPath",
            maker: Pattern(#"\bValidatedPath(?:\.assertion|\.init)?\s*\("#),
            files: ["Sources/SignatureChecking/OpenSSLPathEngine.swift"],
            samples: ["ValidatedPath.assertion(chain)", "ValidatedPath(chain)"]
        ),
        Rule(
            evidence: "FinishedHandshake",
            maker: Pattern(#"\bFinishedHandshake(?:\.assertion|\.init)?\s*\("#),
            files: ["Sources/TLSTermination/TLSServerConnection.swift", "Sources/VerificationCore/Admission.swift"],
            samples: ["FinishedHandshake.assertion()", "FinishedHandshake.init()"]
        ),
        Rule(
            evidence: "Permit",
            maker: Pattern(#"\bPermit(?:\.init)?\s*\("#),
            files: ["Sources/VerificationCore/Decision.swift"],
            samples: [".permit(Permit(identity: device))", "Permit.init(identity: device)"]
        ),
        Rule(
            evidence: "Admission",
            maker: Pattern(#"\bAdmission(?:\.init)?\s*\("#),
            files: ["Sources/DataPlane/DeviceConnection+Handshake.swift"],
            samples: ["admission = Admission(permit, proof)", "Admission.init(permit, proof)"]
        ),
    ]

    static func strayMakers(_ rule: Rule, _ files: [SourceFile]) -> [String] {
        files.filter { !rule.files.contains($0.path) }.flatMap { file in file.codeLines(matching: rule.maker).map(file.place) }
    }

    @Test("is made nowhere else", arguments: rules)
    func isMadeBesideItsCheck(rule: Rule) {
        expectNone(Self.strayMakers(rule, SourceTree.sources), "\(rule.evidence) is made outside of its place")
    }

    @Test("is made where the list says", arguments: rules)
    func theListIsTrue(rule: Rule) {
        let makers = SourceTree.sources.filter { !$0.codeLines(matching: rule.maker).isEmpty }.map(\.path)
        expectNone(rule.files.subtracting(makers).sorted(), "\(rule.evidence) is not made there any more")
    }

    @Test("made elsewhere is found", arguments: rules)
    func findsStrayMakers(rule: Rule) {
        for sample in rule.samples {
            #expect(Self.strayMakers(rule, [SourceFile(path: "Sources/Gateway/Sample.swift", text: sample)]).count == 1)
        }
        let innocent = "let a: Permit? = b  // Permit(a)\nlog(\"Admission(a)\")"
        let other = SourceFile(path: "Sources/Gateway/Sample.swift", text: innocent)
        #expect(Self.strayMakers(rule, [other]).isEmpty)
    }
}
