/// The module map as `Package.swift` states it: targets in their order, their layer, what each may import.
struct PackageManifest: Sendable {
    struct Target: Sendable {
        enum Kind: Sendable { case systemLibrary, shim, swift, tests }

        let name: String
        let kind: Kind
        /// The number of the comment that it stands under; nil for test rooms.
        let layer: Int?
        let dependencies: [String]
    }

    enum Failure: Error { case noTargets }

    let targets: [Target]

    private static let layerComment = Pattern(#"^\s*// ([0-9])\. "#)
    private static let roomsComment = Pattern(#"^\s*// Rooms for tests"#)
    private static let opening = Pattern(#"^\s*(\.systemLibrary|\.target|\.executableTarget|target|tests)\("#)
    private static let literal = Pattern(#""([^"]*)""#)
    /// `let name = Target.Dependency.product(name: "Product", …)`
    private static let productName = Pattern(#"^let (\w+) = Target\.Dependency\.product\("#)
    private static let word = Pattern(#"\b[a-z]\w*\b"#)

    init(_ text: String) throws(Failure) {
        var found: [Target] = []
        var layer: Int? = nil
        var entry: [String] = []
        var depth = 0
        var products: [String: String] = [:]
        for line in text.split(separator: "\n").map(String.init) {
            if let name = Self.productName.captures(in: line).first { products[name] = Self.literal.captures(in: line).first }
        }
        guard let start = text.range(of: "targets: [\n") else { throw .noTargets }
        for line in text[start.upperBound...].split(separator: "\n").map(String.init) {
            if let number = Self.layerComment.captures(in: line).first { layer = Int(number) }
            if Self.roomsComment.matches(line) { layer = nil }
            if entry.isEmpty, !Self.opening.matches(line) { continue }
            entry.append(line)
            depth += line.count { $0 == "(" } - line.count { $0 == ")" }
            if depth == 0 {
                if let target = Self.target(entry.joined(separator: "\n"), layer, products) { found.append(target) }
                entry = []
            }
        }
        guard !found.isEmpty else { throw .noTargets }
        targets = found
    }

    func target(_ name: String) -> Target? { targets.first { $0.name == name } }

    /// The targets of `Sources` that are written in Swift.
    var swiftTargets: [Target] { targets.filter { $0.kind == .swift && $0.layer != nil } }

    private static func target(_ entry: String, _ layer: Int?, _ products: [String: String]) -> Target? {
        guard let name = literal.captures(in: entry).first else { return nil }
        let kind: Target.Kind =
            if entry.contains(".systemLibrary(") {
                .systemLibrary
            } else if let layer {
                layer == 0 ? .shim : .swift
            } else {
                .tests
            }
        // The dependencies are the first bracketed list; a system library's list names Debian packages.
        var list = ""
        if kind != .systemLibrary, let open = entry.firstIndex(of: "["), let close = entry[open...].firstIndex(of: "]") {
            list = String(entry[open..<close])
        }
        let names = literal.captures(in: list) + word.captures(in: list).compactMap { products[$0] }
        return Target(name: name, kind: kind, layer: layer, dependencies: names)
    }
}
