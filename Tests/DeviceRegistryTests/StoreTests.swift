import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("Any store")
struct StoreTests {
    @Test("A record comes back as it went in", arguments: AnyStore.allCases)
    func wholeRecord(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        for record in [Sample.fullRecord(1), Sample.record(2)] {
            try registry.enroll(record)
            #expect(try registry.record(of: record.identity)?.record == record)
        }
        #expect(try registry.record(of: Sample.identity(3)) == nil)
        #expect(try registry.counts() == [.rotating: 1, .provisioned: 1])
        _ = directory
    }

    @Test("One identity, one record; one key, one identity", arguments: AnyStore.allCases)
    func uniqueness(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        try registry.enroll(Sample.fullRecord(1))
        #expect(throws: RegistryFailure.enrolledAlready(Sample.identity(1))) { try registry.enroll(Sample.record(1)) }
        // Bound, expected, expected once: 5, 200, 201.
        for key: UInt8 in [5, 200, 201] {
            var thief = Sample.record(2)
            thief.expectedKey = Sample.key(key)
            #expect(throws: RegistryFailure.keyBelongsTo(Sample.identity(1), Sample.key(key))) { try registry.enroll(thief) }
        }
        #expect(try registry.record(of: Sample.identity(2)) == nil)
        _ = directory
    }

    @Test("A transition is a row with its actor, reason and time; a refused one leaves nothing", arguments: AnyStore.allCases)
    func history(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        let identity = Sample.identity(1)
        try registry.enroll(Sample.record(1))
        _ = try registry.perform(.activate, on: identity, Sample.context)
        _ = try registry.perform(.retire, on: identity, Sample.context)
        let before = try registry.store.revision()
        #expect(throws: RegistryFailure.lifecycle(identity, .notFrom(.retired, event: "activate"))) {
            try registry.perform(.activate, on: identity, Sample.context)
        }
        #expect(throws: RegistryFailure.unknownDevice(Sample.identity(2))) {
            try registry.perform(.activate, on: Sample.identity(2), Sample.context)
        }
        let steps = try registry.history(of: identity)
        #expect(steps.map(\.from) == [.provisioned, .active] && steps.map(\.to) == [.active, .retired])
        let expected = Transition(
            from: .active, to: .retired, cause: .command, actor: Sample.person, reason: "because", time: Sample.start)
        #expect(steps.last == expected)
        #expect(try registry.store.revision() == before)
        _ = directory
    }

    @Test("A transaction that fails in its middle never happened", arguments: AnyStore.allCases)
    func atomicity(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        try registry.enroll(Sample.record(1))
        let before = try registry.store.revision()
        #expect(throws: RegistryFailure.unknownDevice(Sample.identity(9))) {
            try registry.store.write { transaction throws(RegistryFailure) in
                try transaction.insert(Sample.fullRecord(2))
                var changed = Sample.record(1)
                changed.description.owner = "nobody"
                try transaction.replace(changed)
                throw .unknownDevice(Sample.identity(9))
            }
        }
        #expect(try registry.records() == [Sample.record(1)])
        #expect(try registry.store.revision() == before && registry.store.owners(ofKey: Sample.key(5)).isEmpty)
        _ = directory
    }

    @Test("A page of changes ends where the next begins, also within one revision", arguments: AnyStore.allCases)
    func changePages(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        try registry.enroll(Sample.record(9))
        try registry.store.write { transaction throws(RegistryFailure) in
            for number in 1...5 { try transaction.insert(Sample.record(number)) }
        }
        var (position, pages) = (EntryPosition.beginning, [[DeviceIdentity]]())
        repeat {
            var page: [DeviceIdentity] = []
            position = try registry.store.forEachEntry(since: position, limit: 2) { page.append($0.identity) }
            pages.append(page)
            // Between two pages one changes that was read, and one that was not: each comes as it is then.
            if pages.count == 2 {
                for number in [9, 4] { _ = try registry.perform(.activate, on: Sample.identity(number), Sample.context) }
            }
        } while position.number != nil
        let numbers = [[9, 1], [2, 3], [5, 9], [4]]
        #expect(pages == numbers.map { $0.map(Sample.identity) })
        #expect(position == EntryPosition(allOf: try registry.store.revision()))

        var found: [DeviceIdentity: DeviceState] = [:]
        try registry.store.forEachEntry(of: [Sample.identity(4), Sample.identity(5), Sample.identity(77)]) {
            found[$0.identity] = $0.state
        }
        #expect(found == [Sample.identity(4): .active, Sample.identity(5): .provisioned])
        _ = directory
    }

    @Test(
        "Changes since a revision are what changed, each once, and nothing when a device merely came",
        arguments: AnyStore.allCases)
    func changeFeed(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        #expect(try registry.entries().entries.isEmpty)
        for number in 1...5 { try registry.enroll(number == 2 ? Sample.fullRecord(2) : Sample.record(number)) }
        let all = try registry.entries()
        #expect(all.entries.map(\.number.rawValue) == [1, 2, 3, 4, 5])
        #expect(
            all.entries[1]
                == StoredRecord(number: all.entries[1].number, revision: all.entries[1].revision, record: Sample.fullRecord(2))
                .entry)
        #expect(try registry.entries(since: all.upTo).entries.isEmpty)

        _ = try registry.perform(.activate, on: Sample.identity(4), Sample.context)
        _ = try registry.perform(.quarantine, on: Sample.identity(4), Sample.context)
        _ = try registry.perform(.activate, on: Sample.identity(1), Sample.context)
        let changed = try registry.entries(since: all.upTo)
        #expect(changed.entries.map(\.identity) == [Sample.identity(4), Sample.identity(1)])
        #expect(changed.entries.map(\.state) == [.quarantined, .active])

        let seen = try registry.record([sighting(1, 77)], policy: policy(.alarm))
        #expect(seen == [.judged(CredentialJudgement(findings: [], binds: true), transition: nil)])
        let bound = try registry.entries(since: changed.upTo)
        #expect(bound.entries.map(\.credentials.count) == [1])
        _ = try registry.record([sighting(1, 77, at: 50)], policy: policy(.alarm))
        #expect(try registry.entries(since: bound.upTo).entries.isEmpty)
        #expect(try registry.record(of: Sample.identity(1))?.record.lastSeen == Sample.start + 50)
        #expect(try registry.record(of: Sample.identity(1))?.record.credentials[0].lastSeen == Sample.start + 50)
        _ = directory
    }

    @Test(
        "First use activates; an unannounced key, a second owner and a retired device's key are found",
        arguments: AnyStore.allCases)
    func sightings(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        for number in 1...3 { try registry.enroll(Sample.record(number)) }
        let outcomes = try registry.record(
            [sighting(1, 10), sighting(2, 20), sighting(9, 90)], policy: policy(.quarantine))
        guard case .judged(_, let transition) = outcomes[0] else {
            Issue.record("\(outcomes[0])")
            return
        }
        #expect(transition?.to == .active && transition?.cause == .firstUse && transition?.actor == .gateway)
        #expect(outcomes[2] == .unknownDevice)
        #expect(try registry.store.owners(ofKey: Sample.key(10)) == [Sample.identity(1)])

        _ = try registry.record([sighting(2, 30)], policy: policy(.quarantine))
        #expect(try registry.record(of: Sample.identity(2))?.record.stateCause == .finding(.unknownKey))
        #expect(try registry.record([sighting(2, 20)], policy: policy(.quarantine)) == [.refusedByState(.quarantined)])
        _ = try registry.record(
            [Sighting(identity: Sample.identity(3), presented: Sample.presented(31, key: 10), time: Sample.start)],
            policy: policy(.quarantine))
        #expect(try registry.record(of: Sample.identity(3))?.record.stateCause == .finding(.keyUnderTwoIdentities))
        #expect(try registry.store.owners(ofKey: Sample.key(10)) == [Sample.identity(1)])

        _ = try registry.perform(.retire, on: Sample.identity(1), Sample.context)
        _ = try registry.perform(.reinstate, on: Sample.identity(1), Sample.context)
        let refused = try registry.record([sighting(1, 10)], policy: policy(.alarm))
        #expect(
            refused == [
                .judged(
                    CredentialJudgement(findings: [.init(finding: .deadReturned, answer: .refuse)], binds: false), transition: nil
                )
            ])
        #expect(try registry.record(of: Sample.identity(1))?.record.state == .provisioned)
        _ = directory
    }

    @Test("Overlaps end when their time has come, and with them the rotation", arguments: AnyStore.allCases)
    func overlaps(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        for number in 1...2 { try registry.enroll(Sample.record(number)) }
        _ = try registry.record([sighting(1, 1), sighting(2, 2)], policy: policy(.alarm))
        _ = try registry.record([sighting(1, 11, at: 1)], policy: policy(.alarm))
        #expect(try registry.record(of: Sample.identity(1))?.record.state == .rotating)
        #expect(try registry.endOverlaps(at: Sample.start + 61).isEmpty)
        #expect(try registry.endOverlaps(at: Sample.start + 62) == [Sample.identity(1)])
        #expect(try registry.record(of: Sample.identity(1))?.record.state == .active)
        #expect(try registry.endOverlaps(at: Sample.start + 62).isEmpty)
        _ = directory
    }

    private func sighting(_ device: Int, _ serial: UInt8, at seconds: Int64 = 0) -> Sighting {
        Sighting(identity: Sample.identity(device), presented: Sample.presented(serial), time: Sample.start + seconds)
    }

    private func policy(_ answer: FindingAnswer) -> CredentialPolicy {
        CredentialPolicy(
            firstUse: .binds, keyUnderTwoIdentities: answer, unknownKey: answer, supersededReturned: answer,
            renewedWithSameKey: answer, overlapSeconds: 60)
    }
}
