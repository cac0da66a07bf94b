import PKITypes

/// A record as the API has it: the object of an export, with what the store and the history add.
package enum RecordText {
    package static func json(_ stored: StoredRecord) -> String {
        InventoryText.json(stored.record).dropLast()
            + ",\"number\":\(stored.number.rawValue),\"revision\":\(stored.revision.rawValue)}"
    }

    package static func json(_ record: DeviceRecord, _ history: [Transition], _ receipts: [HookReceipt]) -> String {
        let steps = history.map { node(of: $0).json }.joined(separator: ",")
        let hooks = receipts.map { node(of: $0).json }.joined(separator: ",")
        return InventoryText.json(record).dropLast() + ",\"history\":[\(steps)],\"hooks\":[\(hooks)]}"
    }

    /// Nil when nothing of ours can have written it.
    package static func stored(_ node: JSONNode) -> StoredRecord? {
        guard case .object(let members) = node, let number = node["number"]?.number.flatMap({ UInt32(exactly: $0) }),
            let revision = node["revision"]?.number, let record = record(.object(members.filter { !added.contains($0.name) }))
        else { return nil }
        return StoredRecord(
            number: DeviceNumber(rawValue: number), revision: Revision(rawValue: Int64(revision)), record: record)
    }

    /// A new device, as an inventory's row describes it.
    package static func described(_ node: JSONNode, _ context: CommandContext) throws(RequestFault) -> DeviceRecord {
        switch JSONRow.row(node, line: 1) {
        case .faulty(let problems): throw RequestFault(problems.map(\.description).joined(separator: "; "))
        case .row(let row):
            var reading = RowReading(row)
            guard let identity = reading.identity() else { throw fault(reading) }
            let record = reading.record(of: identity, context)
            guard reading.problems.isEmpty else { throw fault(reading) }
            return record
        }
    }

    package static func node(of transition: Transition) -> JSONNode {
        .texts([
            ("from", transition.from.name), ("to", transition.to.name), ("cause", transition.cause.text),
            ("actor", transition.actor.text), ("reason", transition.reason), ("time", transition.time.text),
        ])
    }

    package static func transition(_ node: JSONNode) -> Transition? {
        guard let from = node["from"]?.text.flatMap({ DeviceState(name: $0) }),
            let to = node["to"]?.text.flatMap({ DeviceState(name: $0) }),
            let cause = node["cause"]?.text.flatMap({ TransitionCause(text: $0) }),
            let actor = node["actor"]?.text.flatMap({ Actor(text: $0) }), let reason = node["reason"]?.text,
            let time = node["time"]?.text.flatMap({ UnixSeconds(text: $0) })
        else { return nil }
        return Transition(from: from, to: to, cause: cause, actor: actor, reason: reason, time: time)
    }

    package static func node(of receipt: HookReceipt) -> JSONNode {
        .members([
            ("hook", .string(receipt.hook)), ("to", .string(receipt.state.name)), ("outcome", .string(receipt.outcome.rawValue)),
            ("attempts", .number(receipt.attempts)), ("answer", .string(receipt.answer)), ("time", .string(receipt.time.text)),
        ])
    }

    package static func receipt(_ node: JSONNode) -> HookReceipt? {
        guard let hook = node["hook"]?.text, let state = node["to"]?.text.flatMap({ DeviceState(name: $0) }),
            let outcome = node["outcome"]?.text.flatMap(HookReceipt.Outcome.init(rawValue:)),
            let attempts = node["attempts"]?.number, let answer = node["answer"]?.text,
            let time = node["time"]?.text.flatMap({ UnixSeconds(text: $0) })
        else { return nil }
        return HookReceipt(hook: hook, state: state, outcome: outcome, attempts: attempts, answer: answer, time: time)
    }

    private static let added: Set = ["number", "revision", "history", "hooks"]

    private static func record(_ node: JSONNode) -> DeviceRecord? {
        let context = CommandContext(actor: .gateway, reason: "", time: UnixSeconds(0))
        return try? described(node, context)
    }

    private static func fault(_ reading: RowReading) -> RequestFault {
        RequestFault(reading.problems.map(\.description).joined(separator: "; "))
    }
}
