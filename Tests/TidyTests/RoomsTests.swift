import Testing

/// Every target has its room in `Tests`, and every test asserts something.
@Suite("Rooms")
struct RoomsTests {
    private static let test = Pattern(#"@Test\b"#)
    private static let assertion = Pattern(#"#expect\b|#require\b|\bIssue\.record\b|\bconfirmation\s*\(|\bexpectNone\("#)

    static func emptyRooms(of targets: [String], _ tests: [SourceFile]) -> [String] {
        targets.filter { target in
            !tests.contains { $0.path.hasPrefix("Tests/\(target)Tests/") && !$0.codeLines(matching: test).isEmpty }
        }
    }

    static func isWithoutAssertion(_ file: SourceFile) -> Bool {
        !file.codeLines(matching: test).isEmpty && file.codeLines(matching: assertion).isEmpty
    }

    @Test("a target has a room with at least one test")
    func everyTargetHasItsRoom() throws {
        let manifest = try #require(SourceTree.manifest)
        let targets = manifest.swiftTargets.map(\.name)
        expectNone(Self.emptyRooms(of: targets, SourceTree.tests).map { "Tests/\($0)Tests" }, "rooms without a test")
        expectNone(targets.filter { manifest.target("\($0)Tests") == nil }, "targets whose room is not in Package.swift")
        let rooms = manifest.targets.filter { $0.kind == .tests && $0.name.hasSuffix("Tests") }
            .map { String($0.name.dropLast(5)) }.filter { !targets.contains($0) }
        expectNone(
            Self.emptyRooms(of: rooms, SourceTree.tests).map { "Tests/\($0)Tests" }, "rooms that judge the whole, without a test")
    }

    @Test("a test file asserts something")
    func everyTestAsserts() {
        expectNone(SourceTree.tests.filter(Self.isWithoutAssertion).map(\.path), "tests without an assertion")
    }

    @Test("a source directory is a target")
    func everyDirectoryIsATarget() throws {
        let manifest = try #require(SourceTree.manifest)
        let directories = Set(SourceTree.paths(under: "Sources").map { String($0.split(separator: "/")[1]) })
        expectNone(directories.filter { manifest.target($0) == nil }.sorted(), "directories that Package.swift does not know")
        let homeless = manifest.targets.filter { $0.layer != nil && !directories.contains($0.name) }
        expectNone(homeless.map(\.name), "targets without a directory")
    }

    @Test("an empty room and a test that asserts nothing are found")
    func findsEmptyRooms() {
        let placeholder = SourceFile(path: "Tests/DERTests/Placeholder.swift", text: "// @Test #expect\n")
        let hollow = SourceFile(path: "Tests/X509Tests/A.swift", text: "@Test func runs() { work() }  // #expect(true)\n")
        let sound = SourceFile(path: "Tests/GatewayTests/A.swift", text: "@Test func adds() { #expect(1 + 1 == 2) }\n")
        let files = [placeholder, hollow, sound]
        #expect(Self.emptyRooms(of: ["DER", "X509", "Gateway", "LabPKI"], files) == ["DER", "LabPKI"])
        #expect(files.filter(Self.isWithoutAssertion).map(\.path) == [hollow.path])
    }
}
