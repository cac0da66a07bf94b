import ArgumentParser
import DeviceRegistry

/// `pulsegate devices set`
struct SetPosture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set attributes that policies can require, such as a patch level or a recall.",
        discussion: "Example: pulsegate devices set urn:hospital:device:pump:0001 patch-level=2026-11 recall=none")

    @OptionGroup var place: RegistryOptions
    @OptionGroup var author: AuthorOptions

    @Argument(
        help: ArgumentHelp("Identities, and name=value pairs; with a filter, pairs alone.", valueName: "identity|name=value"))
    var words: [String]

    @OptionGroup var options: PostureOptions

    func validate() throws {
        try selection.validate()
        _ = try PostureOptions.change(setting: words.filter(Self.isPair))
    }

    func run() throws {
        let change = try PostureOptions.change(setting: words.filter(Self.isPair))
        try selection.perform(.amend(change), place, author.context)
    }

    private var selection: DeviceSelection { options.selection(words.filter { !Self.isPair($0) }) }

    /// An identity has a colon before any equals sign, and a name of an attribute has none.
    private static func isPair(_ word: String) -> Bool {
        word.firstIndex(of: "=").map { !word[..<$0].contains(":") } ?? false
    }
}

/// `pulsegate devices unset`
struct UnsetPosture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unset", abstract: "Take attributes away: what a policy requires, the device then does not have.")

    @OptionGroup var place: RegistryOptions
    @OptionGroup var author: AuthorOptions

    @Argument(help: ArgumentHelp("Identities, and names; with a filter, names alone.", valueName: "identity|name"))
    var words: [String]

    @OptionGroup var options: PostureOptions

    func validate() throws {
        try selection.validate()
        _ = try change()
    }

    func run() throws { try selection.perform(.amend(try change()), place, author.context) }

    private var selection: DeviceSelection { options.selection(words.filter { $0.contains(":") }) }

    private func change() throws -> PostureChange {
        let names = words.filter { !$0.contains(":") }
        for name in names where !PostureRule.isName(name) { throw PostureOptions.noName(name) }
        guard let change = PostureChange(unset: Set(names)) else { throw ValidationError("say which attributes") }
        return change
    }
}

/// What commands to attributes have in common.
struct PostureOptions: ParsableArguments {
    @OptionGroup(title: "Or all devices that are") var filters: FilterOptions

    @Flag(help: "Of a filter: only count what would be done.")
    var dryRun = false

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    func selection(_ identities: [String]) -> DeviceSelection {
        DeviceSelection(identities: identities, filter: filters.filter, mode: dryRun ? .dryRun : .apply, json: json)
    }

    static func change(setting pairs: [String]) throws -> PostureChange {
        var attributes: [String: String] = [:]
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, PostureRule.isName(parts[0]) else { throw noName(parts[0]) }
            guard PostureRule.isValue(parts[1]) else {
                throw ValidationError("'\(parts[1])' is no value: one line of at most \(PostureRule.valueOctetsMax) octets")
            }
            guard attributes.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw ValidationError("'\(parts[0])' is set twice")
            }
        }
        guard attributes.count <= PostureRule.attributesMax else {
            throw ValidationError("a device has at most \(PostureRule.attributesMax) attributes")
        }
        guard let change = PostureChange(set: attributes) else { throw ValidationError("say what to set: name=value") }
        return change
    }

    static func noName(_ text: String) -> ValidationError {
        ValidationError("'\(text)' is no attribute's name, such as patch-level")
    }
}
