import PKITypes

/// Records of an import, aside: nobody else sees them, and nobody waits for them, until all are taken.
package protocol RecordStaging {
    /// As the registry had it when the staging began.
    func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord?
    func isStaged(_ identity: DeviceIdentity) throws(RegistryFailure) -> Bool
    /// In the registry, or staged.
    func owners(ofKey key: KeyFingerprint) throws(RegistryFailure) -> Set<DeviceIdentity>
    /// Of an identity that had no record.
    func insert(_ record: DeviceRecord, line: Int) throws(RegistryFailure)
    /// Of one that had: what a file may say of it is taken over, its state and credentials are not.
    func amend(_ record: DeviceRecord, line: Int) throws(RegistryFailure)
}

/// Whether what was staged is to be taken.
package enum StagingEnd: Sendable { case discard, take }

/// Why nothing that was staged could be taken: somebody else was faster.
package struct StagingConflict: Hashable, Sendable {
    package let line: Int
    package let failure: RegistryFailure

    package init(line: Int, failure: RegistryFailure) {
        self.line = line
        self.failure = failure
    }
}

extension DeviceRecord {
    /// What an inventory file says of a device, put upon the device as it is now.
    package func amended(by staged: DeviceRecord) -> DeviceRecord {
        var record = self
        record.description = staged.description
        (record.aliases, record.posture, record.windows) = (staged.aliases, staged.posture, staged.windows)
        if let key = staged.expectedKey, !condemns(key), !credentials.contains(where: { $0.key == key }) {
            record.expectedKey = key
        }
        return record
    }
}
