import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("Attributes of devices")
struct PostureTests {
    @Test("Attributes are set and taken away, in the history with who and when; the state stays", arguments: AnyStore.allCases)
    func amend(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        var record = Sample.record(1, state: .active)
        record.posture = ["recall": "class-2"]
        try registry.enroll(record)
        let before = try registry.entries().upTo
        let change = try #require(PostureChange(set: ["firmware": "4.2", "patch-level": "a;b=c\\d"], unset: ["recall"]))
        let amended = try registry.perform(.amend(change), on: record.identity, Sample.context)
        #expect(amended.posture == ["firmware": "4.2", "patch-level": "a;b=c\\d"] && amended.state == .active)
        #expect(try registry.record(of: record.identity)?.record == amended)
        #expect(try registry.entries(since: before).entries.map(\.posture) == [amended.posture], "decisions hear of it")
        let trace = try registry.history(of: record.identity)
        #expect(trace.map(\.cause) == [.posture(change)] && trace.map(\.actor) == [Sample.person])
        #expect(trace.allSatisfy { !$0.changesState && $0.time == Sample.start && $0.reason == "because" })

        #expect(throws: RegistryFailure.lifecycle(record.identity, .unchanged)) {
            try registry.perform(.amend(change), on: record.identity, Sample.context)
        }
        let many = Dictionary(uniqueKeysWithValues: (0..<PostureRule.attributesMax).map { ("a\($0)", "") })
        let tooMany = try #require(PostureChange(set: many))
        #expect(throws: RegistryFailure.lifecycle(record.identity, .tooManyAttributes(PostureRule.attributesMax + 2))) {
            try registry.perform(.amend(tooMany), on: record.identity, Sample.context)
        }
        _ = directory
    }

    @Test(
        "Attributes of many devices are set by a filter; those that have them already are counted", arguments: AnyStore.allCases)
    func bulk(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        for number in 1...4 {
            var record = Sample.record(number, state: number == 4 ? .retired : .active)
            record.description.lot = number == 3 ? "other" : "L1"
            if number == 2 { record.posture = ["recall": "class-1"] }
            try registry.enroll(record)
        }
        var filter = DeviceFilter()
        filter.lot = "L1"
        let change = try #require(PostureChange(set: ["recall": "class-1"]))
        let dry = try registry.performOnAll(.amend(change), matching: filter, Sample.context, mode: .dryRun)
        #expect(dry.selected == 3 && dry.changed == [.active: 1, .retired: 1] && dry.unchanged == 1 && dry.refusedCount == 0)
        #expect(try registry.performOnAll(.amend(change), matching: filter, Sample.context, mode: .apply) == dry)
        #expect(try registry.records().map { $0.posture["recall"] } == ["class-1", "class-1", nil, "class-1"])
        _ = directory
    }

    @Test(
        "What is no name or no value is no attribute",
        arguments: [
            ("firmware", "4.2", true), ("patch_level.os-x", "a b=c;d", true), ("a", "", true), ("", "1", false),
            ("4a", "1", false),
            ("Firmware", "1", false), ("a=b", "1", false), ("é", "1", false), ("a", "1\n2", false), ("a", " 1", false),
            ("a", "1 ", false), ("a", String(repeating: "x", count: 256), true), ("a", String(repeating: "x", count: 257), false),
            ("a", String(repeating: "é", count: 129), false), (String(repeating: "a", count: 64), "1", true),
            (String(repeating: "a", count: 65), "1", false),
        ])
    func rule(name: String, value: String, isSound: Bool) {
        #expect((PostureChange(set: [name: value]) != nil) == isSound)
    }

    @Test("A change's text reads back as the same change")
    func text() throws {
        let change = try #require(PostureChange(set: ["a": "1;2", "b": "-c", "d": "", "e": "x\\y=z"], unset: ["f", "g.h"]))
        #expect(PostureChange(text: change.text) == change)
        #expect(TransitionCause(text: TransitionCause.posture(change).text) == .posture(change))
        #expect(PostureChange(set: ["a": "1"], unset: ["a"]) == nil && PostureChange() == nil && PostureChange(text: "a") == nil)
    }
}
