import Foundation

/// The checkout that these tests judge, read once.
enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let sources = swiftFiles(under: ["Sources"])
    static let tests = swiftFiles(under: ["Tests"])
    static let allSwift = sources + tests + swiftFiles(under: ["Benchmarks"])
    static let manifest = try? PackageManifest(String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8))

    /// Everything that a person reads: code, configuration, manuals, scripts.
    static let readable: [SourceFile] = {
        let extensions: Set = ["swift", "c", "h", "modulemap", "md", "yaml", "yml", "json", "py", "sh", ""]
        let trees = ["Sources", "Tests", "Config", "Benchmarks", "Documentation", "docs", ".ci"]
        let alone = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "Makefile", "Package.swift"]
        let paths = trees.flatMap(paths(under:)) + alone
        return paths.filter { extensions.contains(URL(filePath: $0).pathExtension) }.compactMap(SourceFile.init(path:))
    }()

    /// Paths relative to the root, sorted; hidden directories below a tree (a package's `.build`) are not ours.
    static func paths(under tree: String) -> [String] {
        let top = root.appending(path: tree)
        let manager = FileManager.default
        guard let walk = manager.enumerator(at: top, includingPropertiesForKeys: nil, options: .skipsHiddenFiles) else {
            return []
        }
        let files = walk.compactMap { $0 as? URL }.filter { !$0.hasDirectoryPath && !$0.path().contains("__pycache__") }
        return files.map { tree + $0.path(percentEncoded: false).dropFirst(top.path(percentEncoded: false).count) }.sorted()
    }

    private static func swiftFiles(under trees: [String]) -> [SourceFile] {
        trees.flatMap(paths(under:)).filter { $0.hasSuffix(".swift") }.compactMap(SourceFile.init(path:))
    }
}
