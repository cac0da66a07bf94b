import FileSystem
import PKITypes

// All of a file or nothing of it: a single faulty line leaves the registry as it was. Reading it keeps nobody waiting.
extension Registry {
    package func importInventory(
        _ file: InventoryFile, _ context: CommandContext, progress: (_ octets: Int) -> Void
    ) throws(ImportFailure) -> ImportOutcome {
        var importing = Importing(context: context)
        do throws(RegistryFailure) {
            let conflicts = try store.stage { staging throws(RegistryFailure) in
                try importing.read(file, into: staging, progress)
                return importing.isFaulty ? .discard : .take
            }
            importing.add(conflicts.map { ImportProblem(line: $0.line, fault: .refused($0.failure)) })
        } catch {
            throw .registry(error)
        }
        if let unreadable = importing.unreadable { throw .unreadable(path: file.path, reason: unreadable.reason) }
        guard importing.problems.isEmpty else { throw .problems(importing.problems, omitted: importing.omitted) }
        return importing.outcome
    }
}

/// An import under way.
private struct Importing {
    let context: CommandContext
    private(set) var outcome = ImportOutcome()
    private(set) var problems: [ImportProblem] = []
    private(set) var omitted = 0
    private(set) var unreadable: FileContents.Failure?

    init(context: CommandContext) { self.context = context }

    var isFaulty: Bool { !problems.isEmpty || unreadable != nil }

    /// Rows between two reports of progress.
    private static let progressStride = 4096

    mutating func read(
        _ file: InventoryFile, into staging: any RecordStaging, _ progress: (Int) -> Void
    ) throws(RegistryFailure) {
        let ended: Result<Void, RegistryFailure>
        do throws(InventoryFault) {
            switch file.format {
            case .csv:
                var source = try CSVInventory.open(file.path)
                ended = try read(&source, staging, progress)
            case .json:
                var source = try JSONInventory(file.path)
                ended = try read(&source, staging, progress)
            }
        } catch {
            switch error {
            case .problems(let found): add(found)
            case .unreadable(let reason): unreadable = reason
            }
            return
        }
        try ended.get()
    }

    private mutating func read<Source: InventorySource & ~Copyable>(
        _ source: inout Source, _ staging: any RecordStaging, _ progress: (Int) -> Void
    ) throws(InventoryFault) -> Result<Void, RegistryFailure> {
        var count = 0
        while let line = try source.next() {
            switch line {
            case .faulty(let found): add(found)
            case .row(let row):
                do throws(RegistryFailure) { try take(row, staging) } catch { return .failure(error) }
            }
            count += 1
            if count % Self.progressStride == 0 { progress(source.octetCount) }
        }
        progress(source.octetCount)
        return .success(())
    }

    private mutating func take(_ row: InventoryRow, _ staging: any RecordStaging) throws(RegistryFailure) {
        var reading = RowReading(row)
        guard let identity = reading.identity() else {
            add(reading.problems)
            return
        }
        if try staging.isStaged(identity) {
            add([ImportProblem(line: row.line, fault: .repeatedIdentity(identity))])
            return
        }
        let stored = try staging.record(of: identity)
        let record: DeviceRecord
        if let stored {
            var amended = stored.record
            reading.amend(&amended)
            if let state = reading.state(), state != amended.state { outcome.statesKept += 1 }
            record = amended
        } else {
            record = reading.record(of: identity, context)
        }
        guard reading.problems.isEmpty else {
            add(reading.problems)
            return
        }
        guard record != stored?.record else {
            outcome.unchanged += 1
            return
        }
        do throws(RegistryFailure) {
            try Registry.claimKeys(of: record) { key throws(RegistryFailure) in try staging.owners(ofKey: key) }
        } catch {
            guard case .keyBelongsTo = error else { throw error }
            add([ImportProblem(line: row.line, fault: .refused(error))])
            return
        }
        if stored == nil {
            try staging.insert(record, line: row.line)
            outcome.enrolled += 1
        } else {
            try staging.amend(record, line: row.line)
            outcome.updated += 1
        }
    }

    mutating func add(_ found: [ImportProblem]) {
        let room = max(0, ImportFailure.problemsMax - problems.count)
        problems += found.prefix(room)
        omitted += max(0, found.count - room)
    }
}
