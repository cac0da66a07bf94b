import PKITypes

/// The registry over any store: what happens to records, in transactions.
package struct Registry: DeviceDirectory {
    package let store: any DeviceStore

    package init(_ store: any DeviceStore) { self.store = store }

    package func enroll(_ record: DeviceRecord) throws(RegistryFailure) {
        try store.write { transaction throws(RegistryFailure) in
            guard try transaction.record(of: record.identity) == nil else { throw .enrolledAlready(record.identity) }
            try Self.claimKeys(of: record, in: transaction)
            try transaction.insert(record)
        }
    }

    /// An event of a record's life, with its row in the history.
    @discardableResult
    package func apply(
        _ event: LifecycleEvent, to identity: DeviceIdentity, by actor: Actor, reason: String = "", at now: UnixSeconds
    ) throws(RegistryFailure) -> LifecycleStep {
        try store.write { transaction throws(RegistryFailure) in
            guard let stored = try transaction.record(of: identity) else { throw .unknownDevice(identity) }
            return try Self.apply(event, to: stored.record, by: actor, reason: reason, at: now, in: transaction)
        }
    }

    package func perform(
        _ command: DeviceCommand, on identity: DeviceIdentity, _ context: CommandContext
    ) throws(RegistryFailure) -> DeviceRecord {
        try store.write { transaction throws(RegistryFailure) in
            guard let stored = try transaction.record(of: identity) else { throw .unknownDevice(identity) }
            return try Self.perform(command, on: stored.record, context, in: transaction)
        }
    }

    package func performOnAll(
        _ command: DeviceCommand, matching filter: DeviceFilter, _ context: CommandContext, mode: BulkOutcome.Mode
    ) throws(RegistryFailure) -> BulkOutcome {
        var outcome = BulkOutcome()
        switch mode {
        case .dryRun:
            try forEachRecord(matching: filter, at: context.time) { stored in
                outcome.selected += 1
                do throws(LifecycleFailure) {
                    _ = try Self.effect(of: command, on: stored.record, context)
                    outcome.changed[stored.record.state, default: 0] += 1
                } catch {
                    outcome.count(stored.record.identity, error)
                }
                return true
            }
            return outcome
        case .apply:
            return try store.write { transaction throws(RegistryFailure) in
                var outcome = BulkOutcome()
                for identity in try transaction.identities(matching: filter, at: context.time) {
                    guard let stored = try transaction.record(of: identity) else { continue }
                    outcome.selected += 1
                    do throws(RegistryFailure) {
                        _ = try Self.perform(command, on: stored.record, context, in: transaction)
                        outcome.changed[stored.record.state, default: 0] += 1
                    } catch {
                        guard case .lifecycle(_, let failure) = error else { throw error }
                        outcome.count(identity, failure)
                    }
                }
                return outcome
            }
        }
    }

    package func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord? {
        do { return try store.record(of: identity) } catch { throw .store(error) }
    }

    package func history(of identity: DeviceIdentity) throws(RegistryFailure) -> [Transition] {
        do { return try store.history(of: identity) } catch { throw .store(error) }
    }

    package func counts() throws(RegistryFailure) -> [DeviceState: Int] {
        do { return try store.counts() } catch { throw .store(error) }
    }

    package func forEachRecord(
        matching filter: DeviceFilter, at now: UnixSeconds, _ body: (StoredRecord) -> Bool
    ) throws(RegistryFailure) {
        do { try store.forEachRecord(matching: filter, at: now, body) } catch { throw .store(error) }
    }
}

extension Registry {
    static func apply(
        _ event: LifecycleEvent, to record: DeviceRecord, by actor: Actor, reason: String, at now: UnixSeconds,
        in transaction: any StoreTransaction
    ) throws(RegistryFailure) -> LifecycleStep {
        let step: LifecycleStep
        do {
            step = try Lifecycle.applying(event, to: record, by: actor, reason: reason, at: now)
        } catch {
            throw .lifecycle(record.identity, error)
        }
        return try take(step, after: record, in: transaction)
    }

    private static func perform(
        _ command: DeviceCommand, on record: DeviceRecord, _ context: CommandContext, in transaction: any StoreTransaction
    ) throws(RegistryFailure) -> DeviceRecord {
        let step: LifecycleStep
        do { step = try effect(of: command, on: record, context) } catch { throw .lifecycle(record.identity, error) }
        return try take(step, after: record, in: transaction).record
    }

    private static func take(
        _ step: LifecycleStep, after record: DeviceRecord, in transaction: any StoreTransaction
    ) throws(RegistryFailure) -> LifecycleStep {
        if step.record != record { try transaction.replace(step.record) }
        if let transition = step.transition { try transaction.append(transition, of: record.identity) }
        return step
    }

    private static func effect(
        of command: DeviceCommand, on record: DeviceRecord, _ context: CommandContext
    ) throws(LifecycleFailure) -> LifecycleStep {
        if let event = command.event {
            return try Lifecycle.applying(event, to: record, by: context.actor, reason: context.reason, at: context.time)
        }
        var changed = record
        let cause: TransitionCause
        switch command {
        case .grant(let window):
            guard record.state != .retired else { throw .notFrom(.retired, event: "grant") }
            // Those that are over tell nothing any more, and would gather for ever.
            changed.windows = record.windows.filter { $0.until >= context.time && $0 != window } + [window]
            cause = .grant(window)
        case .amend(let change):
            changed.posture = change.applied(to: record.posture)
            guard changed.posture.count <= PostureRule.attributesMax else { throw .tooManyAttributes(changed.posture.count) }
            cause = .posture(change)
        case .activate, .rotate, .quarantine, .disable, .retire, .reinstate:
            preconditionFailure("a command without its event")
        }
        guard changed != record else { throw .unchanged }
        let trace = Transition(
            from: record.state, to: record.state, cause: cause, actor: context.actor, reason: context.reason,
            time: context.time)
        return LifecycleStep(record: changed, transition: trace, alarm: nil)
    }

    /// One key, one identity.
    static func claimKeys(of record: DeviceRecord, in transaction: any StoreTransaction) throws(RegistryFailure) {
        for key in record.keys {
            let others = try transaction.owners(ofKey: key).subtracting([record.identity])
            if let other = others.min(by: { $0.text < $1.text }) { throw .keyBelongsTo(other, key) }
        }
    }
}
