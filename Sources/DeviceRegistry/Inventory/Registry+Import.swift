import FileSystem
import PKITypes

// All of a file or nothing of it: one transaction, which a single faulty line undoes.
extension Registry {
    package func importInventory(
        _ file: InventoryFile, _ context: CommandContext, progress: (_ octets: Int) -> Void
    ) throws(ImportFailure) -> ImportOutcome {
        var importing = Importing(context: context)
        do throws(RegistryFailure) {
            try store.write { transaction throws(RegistryFailure) in
                try importing.read(file, into: transaction, progress)
                // Nothing of it stays: the transaction ends with an error, which is not the one that is told.
                if importing.isFaulty { throw .store(.unreadableRow(column: "import")) }
            }
        } catch {
            guard importing.isFaulty else { throw .registry(error) }
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
        _ file: InventoryFile, into transaction: any StoreTransaction, _ progress: (Int) -> Void
    ) throws(RegistryFailure) {
        let ended: Result<Void, RegistryFailure>
        do throws(InventoryFault) {
            switch file.format {
            case .csv:
                var source = try CSVInventory.open(file.path)
                ended = try read(&source, transaction, progress)
            case .json:
                var source = try JSONInventory(file.path)
                ended = try read(&source, transaction, progress)
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
        _ source: inout Source, _ transaction: any StoreTransaction, _ progress: (Int) -> Void
    ) throws(InventoryFault) -> Result<Void, RegistryFailure> {
        var count = 0
        while let line = try source.next() {
            switch line {
            case .faulty(let found): add(found)
            case .row(let row):
                do throws(RegistryFailure) { try take(row, transaction) } catch { return .failure(error) }
            }
            count += 1
            if count % Self.progressStride == 0 { progress(source.octetCount) }
        }
        progress(source.octetCount)
        return .success(())
    }

    private mutating func take(_ row: InventoryRow, _ transaction: any StoreTransaction) throws(RegistryFailure) {
        var reading = RowReading(row)
        guard let identity = reading.identity() else {
            add(reading.problems)
            return
        }
        let stored = try transaction.record(of: identity)
        if let stored, stored.revision == transaction.revision {
            add([ImportProblem(line: row.line, fault: .repeatedIdentity(identity))])
            return
        }
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
            try Registry.claimKeys(of: record, in: transaction)
        } catch {
            guard case .keyBelongsTo = error else { throw error }
            add([ImportProblem(line: row.line, fault: .refused(error))])
            return
        }
        if stored == nil {
            try transaction.insert(record)
            outcome.enrolled += 1
        } else {
            try transaction.replace(record)
            outcome.updated += 1
        }
    }

    private mutating func add(_ found: [ImportProblem]) {
        let room = max(0, ImportFailure.problemsMax - problems.count)
        problems += found.prefix(room)
        omitted += max(0, found.count - room)
    }
}
