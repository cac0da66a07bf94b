import PKITypes

/// Where records are kept. What a transaction has acknowledged is there after a crash, and nothing of one that it has not.
///
/// Every store passes the same tests; what the records mean is above it, in ``Registry``.
package protocol DeviceStore: Sendable {
    /// Everything that `body` does, or nothing. One at a time.
    func write<Value>(
        _ body: (any StoreTransaction) throws(RegistryFailure) -> Value
    ) throws(RegistryFailure) -> Value

    /// Fills a staging, and takes all of it in one short transaction, or nothing. What others write while it is filled stays.
    ///
    /// - Returns: why nothing was taken; empty when it was, or was to be discarded.
    func stage(
        _ fill: (any RecordStaging) throws(RegistryFailure) -> StagingEnd
    ) throws(RegistryFailure) -> [StagingConflict]

    /// The last revision, which tells cheaply whether there is anything new.
    func revision() throws(StoreFailure) -> Revision

    func record(of identity: DeviceIdentity) throws(StoreFailure) -> StoredRecord?

    /// Its transitions, the oldest first.
    func history(of identity: DeviceIdentity) throws(StoreFailure) -> [Transition]

    /// The identities that a key was ever bound to, or is or was expected of.
    func owners(ofKey key: KeyFingerprint) throws(StoreFailure) -> Set<DeviceIdentity>

    /// Records that the filter selects, by identity, one at a time, as they were at one moment. Ends early when `body` says no.
    func forEachRecord(
        matching filter: DeviceFilter, at now: UnixSeconds, _ body: (StoredRecord) -> Bool
    ) throws(StoreFailure)

    /// Entries that changed after `position`, each once, one at a time, by revision and number. Writers need not wait.
    ///
    /// - Parameter limit: of entries, at least one.
    /// - Returns: how far these entries come; ask from there next time.
    func forEachEntry(
        since position: EntryPosition, limit: Int, _ body: (DecisionEntry) -> Void
    ) throws(StoreFailure) -> EntryPosition

    /// The entries of these devices, as far as they are registered, as they are now.
    func forEachEntry(of identities: Set<DeviceIdentity>, _ body: (DecisionEntry) -> Void) throws(StoreFailure)

    /// What became of the hooks that a device's steps call, in the order of the steps.
    func hookReceipts(of identity: DeviceIdentity) throws(StoreFailure) -> [HookReceipt]

    /// What these hooks are to be told by now, the longest waiting first.
    func dueDeliveries(of hooks: [String], at now: UnixSeconds, limit: Int) throws(StoreFailure) -> [HookDelivery]

    /// How many steps each hook is still to be told.
    func deliveriesWaiting() throws(StoreFailure) -> [String: Int]

    /// How many devices are in which state.
    func counts() throws(StoreFailure) -> [DeviceState: Int]
}

extension DeviceStore {
    /// Every entry, as they were at one moment.
    package func forEachEntry(_ body: (DecisionEntry) -> Void) throws(StoreFailure) {
        _ = try forEachEntry(since: .beginning, limit: .max, body)
    }
}

/// A record with what the store adds to it.
package struct StoredRecord: Hashable, Sendable {
    package let number: DeviceNumber
    /// Of its last change.
    package let revision: Revision
    package var record: DeviceRecord

    package init(number: DeviceNumber, revision: Revision, record: DeviceRecord) {
        self.number = number
        self.revision = revision
        self.record = record
    }
}

/// A change under way.
package protocol StoreTransaction {
    /// What its changes will have.
    var revision: Revision { get }
    func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord?
    func owners(ofKey key: KeyFingerprint) throws(RegistryFailure) -> Set<DeviceIdentity>
    /// The identities that the filter selects, as they are now.
    func identities(matching filter: DeviceFilter, at now: UnixSeconds) throws(RegistryFailure) -> [DeviceIdentity]
    /// Of an identity that has no record yet.
    func insert(_ record: DeviceRecord) throws(RegistryFailure)
    /// Of one that has. Credentials that the record no longer names stay: nothing forgets a key.
    func replace(_ record: DeviceRecord) throws(RegistryFailure)
    func append(_ transition: Transition, of identity: DeviceIdentity) throws(RegistryFailure)
    /// No change that a decision depends on: it takes no revision, so that no view is rebuilt because a device came.
    func markSeen(_ identity: DeviceIdentity, by credential: CredentialID, at time: UnixSeconds) throws(RegistryFailure)
    /// Puts every step into one of these states that the hook has not seen into the outbox. What lies before the first time is
    /// past. Nothing here is a change that a decision depends on.
    func queueDeliveries(of hook: String, on states: Set<DeviceState>, at now: UnixSeconds) throws(RegistryFailure)
    /// What an attempt came to.
    func note(_ result: HookResult, of delivery: HookDelivery) throws(RegistryFailure)
}
