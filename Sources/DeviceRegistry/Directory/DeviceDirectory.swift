import PKITypes

/// What the command line asks of a registry, wherever that is: a file at hand, or a running gateway that holds it.
package protocol DeviceDirectory {
    func enroll(_ record: DeviceRecord) throws(RegistryFailure)

    /// - Returns: the record after it.
    func perform(
        _ command: DeviceCommand, on identity: DeviceIdentity, _ context: CommandContext
    ) throws(RegistryFailure) -> DeviceRecord

    /// In one transaction. What cannot be done to a device is counted and keeps nobody else from it.
    func performOnAll(
        _ command: DeviceCommand, matching filter: DeviceFilter, _ context: CommandContext, mode: BulkOutcome.Mode
    ) throws(RegistryFailure) -> BulkOutcome

    func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord?
    func history(of identity: DeviceIdentity) throws(RegistryFailure) -> [Transition]
    /// What became of the hooks that its steps call, the oldest first.
    func receipts(of identity: DeviceIdentity) throws(RegistryFailure) -> [HookReceipt]
    func counts() throws(RegistryFailure) -> [DeviceState: Int]

    /// By identity, one at a time. Ends early when `body` says no.
    func forEachRecord(
        matching filter: DeviceFilter, at now: UnixSeconds, _ body: (StoredRecord) -> Bool
    ) throws(RegistryFailure)

    /// All of the file or nothing of it.
    ///
    /// - Parameter progress: told now and then how many octets of the file are read.
    func importInventory(
        _ file: InventoryFile, _ context: CommandContext, progress: (_ octets: Int) -> Void
    ) throws(ImportFailure) -> ImportOutcome
}
