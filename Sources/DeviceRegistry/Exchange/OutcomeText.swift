import PKITypes

/// What commands and imports came to, as JSON, both ways.
package enum OutcomeText {
    package static func json(_ outcome: BulkOutcome) -> String {
        let changed = outcome.changed.sorted { $0.key.rawValue < $1.key.rawValue }
        let refused = outcome.refused.map { refusal in
            JSONNode.texts([("identity", refusal.identity.text), ("cause", refusal.cause)])
        }
        return JSONNode.members([
            ("selected", .number(outcome.selected)), ("changed", .number(outcome.changedCount)),
            ("changed_from", .members(changed.map { ($0.key.name, .number($0.value)) })),
            ("unchanged", .number(outcome.unchanged)), ("refused", .number(outcome.refusedCount)),
            ("refusals", .array(refused)),
        ]).json
    }

    package static func bulk(_ node: JSONNode) -> BulkOutcome? {
        guard let selected = node["selected"]?.number, let unchanged = node["unchanged"]?.number,
            let refused = node["refused"]?.number, case .object(let changed)? = node["changed_from"]
        else { return nil }
        var outcome = BulkOutcome()
        (outcome.selected, outcome.unchanged, outcome.refusedCount) = (selected, unchanged, refused)
        for (name, count) in changed {
            guard let state = DeviceState(name: name), let count = count.number else { return nil }
            outcome.changed[state] = count
        }
        outcome.refused = (node["refusals"]?.elements ?? []).compactMap { refusal in
            guard let identity = refusal["identity"]?.text, let cause = refusal["cause"]?.text else { return nil }
            return BulkOutcome.Refused(identity: DeviceIdentity(text: identity), cause: cause)
        }
        return outcome
    }

    package static func json(_ counts: [DeviceState: Int]) -> String {
        let states = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.name, JSONNode.number($0.value)) }
        return JSONNode.members([("devices", .number(counts.values.reduce(0, +))), ("states", .members(states))]).json
    }

    package static func counts(_ node: JSONNode) -> [DeviceState: Int]? {
        guard case .object(let members)? = node["states"] else { return nil }
        var counts: [DeviceState: Int] = [:]
        for (name, count) in members {
            guard let state = DeviceState(name: name), let count = count.number else { return nil }
            counts[state] = count
        }
        return counts
    }

    package static func json(_ outcome: ImportOutcome) -> String {
        JSONNode.members([
            ("enrolled", .number(outcome.enrolled)), ("updated", .number(outcome.updated)),
            ("unchanged", .number(outcome.unchanged)), ("states_kept", .number(outcome.statesKept)),
        ]).json
    }

    package static func imported(_ node: JSONNode) -> ImportOutcome? {
        guard let enrolled = node["enrolled"]?.number, let updated = node["updated"]?.number,
            let unchanged = node["unchanged"]?.number, let statesKept = node["states_kept"]?.number
        else { return nil }
        var outcome = ImportOutcome()
        (outcome.enrolled, outcome.updated) = (enrolled, updated)
        (outcome.unchanged, outcome.statesKept) = (unchanged, statesKept)
        return outcome
    }
}
