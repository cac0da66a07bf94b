import PKITypes

/// A command to devices as a JSON object: `{"command":"retire","identity":"urn:…","actor":"person:mara","reason":"old"}`, or
/// with a `filter` instead of the identity.
package struct CommandRequest: Hashable, Sendable {
    package enum Selection: Hashable, Sendable {
        case one(DeviceIdentity)
        case all(DeviceFilter, BulkOutcome.Mode)
    }

    package let command: DeviceCommand
    package let selection: Selection
    package let actor: Actor
    package let reason: String

    package init(_ command: DeviceCommand, _ selection: Selection, actor: Actor, reason: String) {
        self.command = command
        self.selection = selection
        self.actor = actor
        self.reason = reason
    }

    /// - Parameter now: when a window without a beginning begins.
    package init(_ node: JSONNode, now: UnixSeconds) throws(RequestFault) {
        guard let names = node.memberNames else { throw RequestFault("the body is not a JSON object") }
        if let stranger = names.first(where: { !Self.members.contains($0) }) { throw RequestFault("'\(stranger)' is no member") }
        command = try Self.command(node, now: now)
        actor = try Self.actor(node["actor"]?.text)
        reason = node["reason"]?.text ?? ""
        switch (node["identity"]?.text, node["filter"]) {
        case (let identity?, nil):
            guard node["dry_run"] == nil else { throw RequestFault("dry_run belongs to a filter") }
            selection = .one(DeviceIdentity(text: identity))
        case (nil, let condition?):
            let filter = try FilterText.filter(condition)
            guard !filter.isEmpty else { throw RequestFault("filter: has no condition") }
            selection = .all(filter, node["dry_run"]?.text == "true" ? .dryRun : .apply)
        case (nil, nil), (_?, _?): throw RequestFault("say either an identity or a filter")
        }
    }

    package var node: JSONNode {
        var members: [(String, JSONNode)] = [("command", .string(command.name))]
        switch command {
        case .activate, .rotate, .quarantine, .disable, .retire, .reinstate: break
        case .grant(let window): members += [("from", .string(window.from.text)), ("until", .string(window.until.text))]
        case .amend(let change):
            members.append(("set", .texts(change.set.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })))
            members.append(("unset", .array(change.unset.sorted().map { .string($0) })))
        }
        switch selection {
        case .one(let identity): members.append(("identity", .string(identity.text)))
        case .all(let filter, let mode):
            members.append(("filter", FilterText.node(of: filter)))
            if mode == .dryRun { members.append(("dry_run", .boolean(true))) }
        }
        return .members(members + [("actor", .string(actor.text)), ("reason", .string(reason))])
    }

    /// Whoever acts over the API is a person, or a program that acts for one.
    package static func actor(_ text: String?) throws(RequestFault) -> Actor {
        guard let text, case .person(let name)? = Actor(text: text), !name.isEmpty else {
            throw RequestFault("actor: say who, as person:NAME")
        }
        return .person(name)
    }

    private static let members: Set = [
        "command", "identity", "filter", "dry_run", "actor", "reason", "from", "until", "set", "unset",
    ]

    private static func command(_ node: JSONNode, now: UnixSeconds) throws(RequestFault) -> DeviceCommand {
        switch node["command"]?.text {
        case "activate": return .activate
        case "rotate": return .rotate
        case "quarantine": return .quarantine
        case "disable": return .disable
        case "retire": return .retire
        case "reinstate": return .reinstate
        case "grant":
            let from = node["from"]?.text.map { UnixSeconds(text: $0) } ?? now
            guard let from, let until = node["until"]?.text.flatMap({ UnixSeconds(text: $0) }),
                let window = TimeWindow(from: from, until: until)
            else { throw RequestFault("grant: say until when, and not before its beginning, as 2026-11-23T19:00:00Z") }
            return .grant(window)
        case "set", "unset": return .amend(try change(node))
        case let other: throw RequestFault("command: '\(other ?? "")' is none")
        }
    }

    private static func change(_ node: JSONNode) throws(RequestFault) -> PostureChange {
        var attributes: [String: String] = [:]
        if case .object(let members)? = node["set"] {
            for (name, value) in members { attributes[name] = value.text }
            guard attributes.count == members.count else { throw RequestFault("set: holds what is no text") }
        } else if node["set"] != nil {
            throw RequestFault("set: is not an object")
        }
        let names = (node["unset"]?.elements ?? []).compactMap(\.text)
        guard let change = PostureChange(set: attributes, unset: Set(names)) else {
            throw RequestFault("set, unset: say attributes, such as patch-level, with values of at most 256 octets")
        }
        return change
    }
}
