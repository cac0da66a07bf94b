import Testing

/// Which targets may import what. `Package.swift` is the map; what each layer may see is said here.
@Suite("Layering")
struct LayeringTests {
    private static let pure: Set = [
        "PKITypes", "DER", "X509", "Observability",
        "PathValidation", "RevocationLists", "VerificationCore", "WireProtocols", "SessionRelay",
    ]
    private static let dataPlane: Set = ["EventLoop", "TLSStream", "TLSTermination", "TLSOrigination", "DataPlane"]
    /// Who sees a C library, and nobody else.
    private static let doors: [String: Set<String>] = [
        "CLibev": ["EventLoop"], "CLibevShims": ["EventLoop"], "CLinuxShims": dataPlane.union(["FileSystem", "Gateway"]),
        "COpenSSL": ["SignatureChecking", "TLSStream", "TLSTermination", "TLSOrigination", "LabPKI"],
        "COpenSSLShims": ["SignatureChecking", "TLSStream", "TLSTermination", "TLSOrigination", "LabPKI"],
        "CYAML": ["Configuration"],
        // Outbound HTTP is libcurl's, and there is one client.
        "CCurl": ["HTTPClient"], "CCurlShims": ["HTTPClient"],
        // The two planes meet in the composition root alone.
        "DataPlane": ["Gateway"],
    ]

    /// Modules that come with the toolchain. `Synchronization` is atomics and locks: it reaches nothing outside the process.
    private static func platformModules(for target: String) -> Set<String> {
        if pure.contains(target) { return ["Synchronization"] }
        if dataPlane.contains(target) { return ["Synchronization", "Glibc"] }
        return ["Synchronization", "Glibc", "Foundation", "FoundationNetworking", "Dispatch"]
    }

    /// Modules of a product beside the one that it is named after.
    private static let furtherModules: [String: Set<String>] = ["FlyingFox": ["FlyingSocks"]]

    private static let importLine = Pattern(
        #"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"#
            + #"import\s+(?:(?:class|struct|enum|protocol|func|let|var|typealias)\s+)?(\w+)"#
    )
    private static let clock = Pattern(#"\b(?:ContinuousClock|SuspendingClock|clock_gettime|gettimeofday)\b"#)

    static func forbiddenImports(_ files: [SourceFile], _ manifest: PackageManifest) -> [String] {
        var findings: [String] = []
        for file in files {
            guard let target = manifest.target(file.target) else {
                findings.append("\(file.path): no target of Package.swift")
                continue
            }
            let further = target.dependencies.flatMap { furtherModules[$0] ?? [] }
            let allowed = platformModules(for: target.name).union(target.dependencies).union(further)
            for (index, line) in file.code.enumerated() {
                for module in importLine.captures(in: line) where !allowed.contains(module) {
                    findings.append("\(file.place(index)): \(target.name) may not import \(module)")
                }
            }
        }
        return findings
    }

    /// An arrow points to a lower layer or, within a layer, upwards in the list; C libraries have few doors.
    static func forbiddenArrows(_ manifest: PackageManifest) -> [String] {
        var findings: [String] = []
        for (position, target) in manifest.targets.enumerated() where target.kind != .tests {
            for name in target.dependencies {
                if let friends = doors[name], target.kind == .swift, !friends.contains(target.name) {
                    findings.append("\(target.name) may not depend on \(name)")
                }
                guard let other = manifest.targets.firstIndex(where: { $0.name == name }) else { continue }
                let isLower = (manifest.targets[other].layer ?? .max) < (target.layer ?? .max)
                let isEarlier = manifest.targets[other].layer == target.layer && other < position
                if !isLower && !isEarlier { findings.append("\(target.name) may not depend on \(name): it is not below") }
            }
            let outside = target.dependencies.filter { manifest.target($0)?.kind != .swift }
            if pure.contains(target.name), !outside.isEmpty { findings.append("\(target.name) may not depend on \(outside)") }
            if pure.contains(target.name), target.layer ?? .max > 2 {
                findings.append("\(target.name) is pure but above layer 2")
            }
        }
        return findings
    }

    @Test("a target imports only what Package.swift declares for it and what its layer may see")
    func importsFollowTheMap() throws {
        let manifest = try #require(SourceTree.manifest)
        #expect(SourceTree.sources.count > 100, "the source tree was not found")
        expectNone(Self.forbiddenImports(SourceTree.sources, manifest), "forbidden imports")
    }

    @Test("a declared dependency only points downwards")
    func arrowsPointDown() throws {
        let manifest = try #require(SourceTree.manifest)
        #expect(manifest.swiftTargets.count > 20, "the module map was not read")
        let named = Self.pure.union(Self.dataPlane)
        expectNone(named.filter { manifest.target($0) == nil }.sorted(), "rules for targets that are not there")
        let layers = manifest.swiftTargets.filter { $0.layer ?? 0 < 3 && !Self.pure.contains($0.name) }.map(\.name)
        #expect(manifest.target("AdminAPI")?.dependencies.contains("FlyingFox") == true, "products were not read")
        expectNone(layers, "targets of layers 1 and 2 that are not listed as pure")
        expectNone(Self.forbiddenArrows(manifest), "forbidden arrows")
    }

    @Test("a pure target reads no clock")
    func pureTargetsReadNoClock() {
        let files = SourceTree.sources.filter { Self.pure.contains($0.target) }
        expectNone(files.flatMap { file in file.codeLines(matching: Self.clock).map(file.place) }, "clocks in pure targets")
        #expect(Self.clock.matches("let start = ContinuousClock.now"))
    }

    @Test(
        "a forbidden import is found, however it is written",
        arguments: [
            ("PKITypes", "import Foundation"), ("X509", "@preconcurrency import COpenSSL"), ("DataPlane", "import Foundation"),
            ("DataPlane", "private import CLibev"), ("AdminAPI", "import DataPlane"), ("DER", "import struct X509.Certificate"),
            ("Configuration", "import COpenSSL"), ("Stranger", "import Glibc"),
        ]
    )
    func findsForbiddenImports(target: String, line: String) throws {
        let manifest = try #require(SourceTree.manifest)
        let sample = SourceFile(path: "Sources/\(target)/Sample.swift", text: "\(line)\n")
        #expect(Self.forbiddenImports([sample], manifest).count == 1)
    }

    @Test("a permitted import, and one in a comment, pass")
    func passesPermittedImports() throws {
        let manifest = try #require(SourceTree.manifest)
        let text = "import Glibc\nimport SessionRelay\n// import Foundation\nlet text = \"import Foundation\"\n"
        #expect(Self.forbiddenImports([SourceFile(path: "Sources/DataPlane/Sample.swift", text: text)], manifest).isEmpty)
    }

    @Test(
        "an arrow that points up, sideways down, or through a closed door is found",
        arguments: [
            #"target("PKITypes", ["X509"]),"#, #"target("PKITypes", ["DataPlane"]),"#, #"target("PKITypes", ["COpenSSL"]),"#,
            #"target("PKITypes", ["CLinuxShims"]),"#, #"target("PKITypes", ["Logging"]),"#,
        ]
    )
    func findsForbiddenArrows(entry: String) throws {
        let text = """
            targets: [
                // 0. C doors
                .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
                // 1. Words
                \(entry)
                target("X509", ["PKITypes"]),
                // 4. Planes
                target(
                    "DataPlane",
                    ["PKITypes"]
                ),
            ]
            """
        let findings = Self.forbiddenArrows(try PackageManifest(text))
        #expect(findings.contains { $0.hasPrefix("PKITypes may not depend on ") })
    }
}
