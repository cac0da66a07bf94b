import GatewayTesting
import Glibc
import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("An import beside others who write")
struct StagingTests {
    private static func imported(
        _ text: String, into registry: Registry, _ directory: TemporaryDirectory, meanwhile: () throws -> Void = {}
    ) throws -> ImportOutcome {
        let file = InventoryFile(path: directory.write(text, to: "devices.csv"), format: .csv)
        var fault: (any Error)?
        let outcome = try registry.importInventory(file, Sample.context) { _ in
            do { try meanwhile() } catch { fault = error }
        }
        if let fault { throw fault }
        return outcome
    }

    @Test(
        "What others write while the file is read stays, and what the file says is put upon it", arguments: AnyStore.allCases)
    func others(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        for number in 1...3 { try registry.enroll(Sample.record(number)) }
        let before = try registry.store.revision()
        let rows = (1...4).map { "\(Sample.identity($0).text),owner \($0),a=\($0)\n" }.joined()
        let outcome = try Self.imported("identity,owner,posture\n" + rows, into: registry, directory) {
            _ = try registry.perform(.retire, on: Sample.identity(2), Sample.context)
            try registry.enroll(Sample.record(4, state: .active))
            _ = try registry.record(
                [Sighting(identity: Sample.identity(3), presented: Sample.presented(9), time: Sample.start)],
                policy: StagingTests.policy)
        }
        #expect(outcome.enrolled == 1 && outcome.updated == 3)
        let records = try registry.records()
        #expect(records.map(\.description.owner) == ["owner 1", "owner 2", "owner 3", "owner 4"])
        #expect(records.map(\.posture) == (1...4).map { ["a": "\($0)"] })
        #expect(records.map(\.state) == [.provisioned, .retired, .active, .active], "no file undoes what happened meanwhile")
        #expect(records[2].credentials.map(\.key) == [Sample.key(9)])
        #expect(try registry.entries(since: before).entries.count == 4)
        _ = directory
    }

    @Test(
        "A key that another device bound meanwhile is told with its line, and nothing is imported", arguments: AnyStore.allCases)
    func boundMeanwhile(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        try registry.enroll(Sample.record(1))
        let text = "identity,expected_key\nurn:a,\nurn:b,\(Sample.key(9))\n"
        let error = #expect(throws: ImportFailure.self) {
            try Self.imported(text, into: registry, directory) {
                _ = try registry.record(
                    [Sighting(identity: Sample.identity(1), presented: Sample.presented(9), time: Sample.start)],
                    policy: StagingTests.policy)
            }
        }
        guard case .problems(let problems, 0)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let failure = RegistryFailure.keyBelongsTo(Sample.identity(1), Sample.key(9))
        #expect(problems == [ImportProblem(line: 3, fault: .refused(failure))])
        #expect(try registry.records().map(\.identity) == [Sample.identity(1)])
        _ = directory
    }

    @Test("What a killed import left is gone with the next one, and nothing else is")
    func leftovers() throws {
        let (registry, directory) = try AnyStore.sqlite.registry()
        // No process has this number: it is above what the kernel gives out.
        let dead = directory.write("junk", to: "registry.sqlite-import-4194999-1")
        let alive = directory.write("junk", to: "registry.sqlite-import-1-1")
        let outcome = try Self.imported("identity\nurn:a\n", into: registry, directory)
        #expect(outcome.enrolled == 1)
        #expect(access(dead, F_OK) != 0 && access(alive, F_OK) == 0)
    }

    private static let policy = CredentialPolicy(
        firstUse: .binds, keyUnderTwoIdentities: .refuse, unknownKey: .refuse, supersededReturned: .refuse,
        renewedWithSameKey: .alarm, overlapSeconds: 60)
}
