import GatewayTesting
import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("Inventory files")
struct InventoryTests {
    @Test("An export imports to the same registry", arguments: InventoryFile.Format.allCases, AnyStore.allCases)
    func roundTrip(format: InventoryFile.Format, kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        let records = [Sample.fullRecord(1), Sample.record(2), Sample.record(3, state: .retired)]
        for record in records { try registry.enroll(record) }
        let (copy, copyDirectory) = try kind.registry()
        let file = directory.write(text(of: records, format), to: "inventory")
        let outcome = try copy.importInventory(
            InventoryFile(path: file, format: format), Sample.context, progress: { _ in })
        #expect(outcome.enrolled == 3 && outcome.updated == 0)
        #expect(try copy.records() == registry.records())
        let again = try copy.importInventory(InventoryFile(path: file, format: format), Sample.context, progress: { _ in })
        #expect(again.unchanged == 3 && again.enrolled == 0 && again.statesKept == 0)
        _ = copyDirectory
    }

    @Test("A file updates what it speaks of, and undoes no retirement")
    func update() throws {
        let (registry, directory) = try AnyStore.sqlite.registry()
        var record = Sample.record(1, state: .active)
        (record.description.owner, record.description.model) = ("old", "kept")
        try registry.enroll(record)
        _ = try registry.perform(.retire, on: record.identity, Sample.context)
        let outcome = try imported("identity,owner,state\nurn:hospital:device:pump:1,new,active\n", registry, directory)
        #expect(outcome.updated == 1 && outcome.statesKept == 1)
        let after = try #require(try registry.record(of: record.identity)?.record)
        #expect(after.state == .retired && after.description.owner == "new" && after.description.model == "kept")
    }

    @Test("CSV as RFC 4180 has it: quotes, line ends within them, CRLF, a byte order mark, no last line end")
    func csv() throws {
        let (registry, directory) = try AnyStore.memory.registry()
        let text =
            "\u{feff}Identity, owner ,notes,ae_titles\r\n"
            + "urn:a,\"Ward \"\"3\"\", west\",\"one\r\ntwo\",CT1; CT2\r\n\r\nurn:b,plain,,"
        #expect(try imported(text, registry, directory).enrolled == 2)
        let first = try #require(try registry.record(of: DeviceIdentity(text: "urn:a"))?.record)
        #expect(first.description.owner == "Ward \"3\", west" && first.description.notes == "one\r\ntwo")
        #expect(first.aliases == [SenderAlias(.dicomAETitle, "CT1"), SenderAlias(.dicomAETitle, "CT2")])
        #expect(first.enrolledBy == Sample.person && first.state == .provisioned)
    }

    @Test(
        "JSON as an array, as lines, or one behind the other",
        arguments: [
            "[{\"identity\":\"urn:a\",\"ae_titles\":[\"C\\u00e9\"],\"posture\":{\"p\":\"1\"}},\n {\"identity\":\"urn:b\"}]",
            "{\"identity\":\"urn:a\",\"ae_titles\":[\"C\u{e9}\"],\"posture\":\"p=1\",\"owner\":null}\n{\"identity\":\"urn:b\"}\n",
            "{\"identity\":\"urn:a\",\"ae_titles\":\"C\u{e9}\",\"posture\":{\"p\":1}}{\"identity\":\"urn:b\"}",
        ]
    )
    func json(text: String) throws {
        let (registry, directory) = try AnyStore.memory.registry()
        #expect(try imported(text, registry, directory, .json).enrolled == 2)
        let first = try #require(try registry.record(of: DeviceIdentity(text: "urn:a"))?.record)
        #expect(first.aliases == [SenderAlias(.dicomAETitle, "C\u{e9}")] && first.posture == ["p": "1"])
    }

    static let faults: [(String, InventoryFile.Format, [String])] = [
        ("", .csv, ["1: header: found an empty file, expected a line that names the columns"]),
        ("owner\nx\n", .csv, ["1: header: found no column 'identity', expected one"]),
        ("identity,identity\n", .csv, ["1: identity: found the column twice, expected it once"]),
        ("identity,owner\nurn:a\n", .csv, ["2: record: found 1 fields, expected 2, as the header names"]),
        (
            "identity,state\nurn:a,alive\n,active\nurn:b,active\nurn:b,active\n", .csv,
            [
                "2: state: found 'alive', expected provisioned, active, rotating, quarantined, disabled or retired",
                "3: identity: found nothing, expected an identity such as urn:hospital:device:pump:0001, without white space",
                "5: identity: urn:b stands in an earlier line, too",
            ]
        ),
        (
            "identity,owner\nurn:a,a\"b\nurn:b,\"c\"d\nurn:c,\"e", .csv,
            [
                "2: record: found '\"' within a field, expected the field in quotes, and the quote in it twice",
                "3: record: found text behind a closing quote, expected ',' or the end of the line",
                "4: record: found the end of the file, expected a closing quote",
            ]
        ),
        (
            "identity,first_seen,expected_key\nurn:a,yesterday,12\n", .csv,
            [
                "2: expected_key: found '12', expected the SHA-256 of a public key: 64 hexadecimal digits",
                "2: first_seen: found 'yesterday', expected a time such as 2026-11-23T15:04:05Z",
            ]
        ),
        ("[{\"identity\":\"urn:a\"}", .json, ["1: file: found the end of the file, expected ']'"]),
        ("[{\"identity\":\"urn:a\"} {}]", .json, ["1: file: found '{', expected ',' or ']'"]),
        ("{\n\"identity\":\n nix}", .json, ["3: object: found 'nix}', expected a JSON value"]),
        ("{\"identity\":\"urn:a\",\"owner\":[\"x\"]}", .json, ["1: owner: found 'a list', expected text"]),
        (
            "{\"identity\":\"a b\"}", .json,
            ["1: identity: found 'a b', expected an identity such as urn:hospital:device:pump:0001, without white space"]
        ),
    ]

    @Test("What is wrong is told by line, column, found and expected; nothing is imported", arguments: faults)
    func faulty(text: String, format: InventoryFile.Format, expected: [String]) throws {
        for kind in AnyStore.allCases {
            let (registry, directory) = try kind.registry()
            let failure = #expect(throws: ImportFailure.self) { try imported(text, registry, directory, format) }
            guard case .problems(let problems, 0)? = failure else {
                Issue.record("\(String(describing: failure))")
                continue
            }
            #expect(Set(problems.map(\.description)) == Set(expected))
            #expect(try registry.counts().isEmpty && registry.store.revision() == .beginning)
        }
    }

    @Test("An unknown column names those that there are")
    func unknownColumn() throws {
        let (registry, directory) = try AnyStore.memory.registry()
        let failure = #expect(throws: ImportFailure.self) { try imported("identity,ownr\nurn:a,x\n", registry, directory) }
        guard case .problems(let problems, 0)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(
            problems.count == 1 && problems[0].description.hasPrefix("1: column: found 'ownr', expected one of identity, state,"))
    }

    @Test("One key for two devices is refused by its line, a hundred errors are told, the others counted")
    func manyFaults() throws {
        let (registry, directory) = try AnyStore.sqlite.registry()
        let key = Sample.key(9).description
        let lines = (0..<151).map { "urn:\($0),\(key)" }.joined(separator: "\n")
        let failure = #expect(throws: ImportFailure.self) {
            try imported("identity,expected_key\n\(lines)\n", registry, directory)
        }
        guard case .problems(let problems, 50)? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(problems.count == 100 && problems[0].description == "3: key \(key) belongs to urn:0")
        #expect(try registry.counts().isEmpty)
    }

    @Test("A file that cannot be read is no faulty file")
    func unreadable() throws {
        let (registry, directory) = try AnyStore.sqlite.registry()
        let path = directory.file("none.csv")
        #expect(throws: ImportFailure.unreadable(path: path, reason: "No such file or directory")) {
            try registry.importInventory(InventoryFile(path: path, format: .csv), Sample.context, progress: { _ in })
        }
        #expect(InventoryFile.format(ofName: "a/b.CSV") == .csv && InventoryFile.format(ofName: "x.jsonl") == .json)
        #expect(InventoryFile.format(ofName: "csv/list") == nil)
    }

    @Test("Lists within a text read back as they were", arguments: [[], ["a"], ["a;b", "c\\", "\\;"], ["=", "a=b;c"]])
    func fieldText(list: [String]) {
        #expect(FieldText.list(in: FieldText.list(list)) == list)
        let pairs = list.map { ($0, "v\($0)") }
        let read = FieldText.pairs(in: FieldText.pairs(pairs))
        #expect(read?.map(\.0) == pairs.map(\.0) && read?.map(\.1) == pairs.map(\.1))
        #expect(FieldText.pairs(in: "no sign") == nil && FieldText.pairs(in: "=x") == nil)
    }

    private func text(of records: [DeviceRecord], _ format: InventoryFile.Format) -> String {
        switch format {
        case .csv: ([InventoryText.header] + records.map(InventoryText.csv)).joined(separator: "\n")
        case .json: "[\(records.map(InventoryText.json).joined(separator: ",\n"))]"
        }
    }

    private func imported(
        _ text: String, _ registry: Registry, _ directory: TemporaryDirectory, _ format: InventoryFile.Format = .csv
    ) throws -> ImportOutcome {
        let file = directory.write(text, to: "inventory")
        return try registry.importInventory(InventoryFile(path: file, format: format), Sample.context, progress: { _ in })
    }
}
