import DeviceRegistry
import Dispatch
import EventLoop
import PKITypes

/// The registry of a running gateway, as its API asks it: when a change returns, the loops have been told.
struct GatewayDirectory: DeviceDirectory {
    /// Until the loops have let go of the devices of before.
    private static let settlingSeconds = 1

    private let desk: RegistryDesk

    init(_ desk: RegistryDesk) { self.desk = desk }

    func enroll(_ record: DeviceRecord) throws(RegistryFailure) {
        try desk.change { registry throws(RegistryFailure) in try registry.enroll(record) }
    }

    func perform(
        _ command: DeviceCommand, on identity: DeviceIdentity, _ context: CommandContext
    ) throws(RegistryFailure) -> DeviceRecord {
        try desk.change { registry throws(RegistryFailure) in try registry.perform(command, on: identity, context) }
    }

    func performOnAll(
        _ command: DeviceCommand, matching filter: DeviceFilter, _ context: CommandContext, mode: BulkOutcome.Mode
    ) throws(RegistryFailure) -> BulkOutcome {
        switch mode {
        case .dryRun: try desk.registry.performOnAll(command, matching: filter, context, mode: .dryRun)
        case .apply:
            try desk.change { registry throws(RegistryFailure) in
                try registry.performOnAll(command, matching: filter, context, mode: .apply)
            }
        }
    }

    func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord? {
        try desk.registry.record(of: identity)
    }

    func history(of identity: DeviceIdentity) throws(RegistryFailure) -> [Transition] {
        try desk.registry.history(of: identity)
    }

    func receipts(of identity: DeviceIdentity) throws(RegistryFailure) -> [HookReceipt] {
        try desk.registry.receipts(of: identity)
    }

    func counts() throws(RegistryFailure) -> [DeviceState: Int] { try desk.registry.counts() }

    func forEachRecord(
        matching filter: DeviceFilter, at now: UnixSeconds, _ body: (StoredRecord) -> Bool
    ) throws(RegistryFailure) {
        try desk.registry.forEachRecord(matching: filter, at: now, body)
    }

    /// Beside the desk, where devices that come for the first time are waited for.
    func importInventory(
        _ file: InventoryFile, _ context: CommandContext, progress: (_ octets: Int) -> Void
    ) throws(ImportFailure) -> ImportOutcome {
        let outcome = try desk.registry.importInventory(file, context, progress: progress)
        desk.catchUp()
        // A million rows went through pages and texts: what was freed lies in pieces with every thread that had a part in it.
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .seconds(Self.settlingSeconds)) {
            SystemCall.giveFreedMemoryBack()
        }
        return outcome
    }
}
