import Configuration
import Foundation
import Testing

/// The files in `Config` are what the table of keys says, and they are configurations.
struct ShippedFileTests {
    @Test("the reference file is the one that the table of keys gives")
    func referenceIsCurrent() throws { #expect(try ConfigurationTexts.shipped("reference.yaml") == ReferenceFile.text) }

    @Test("the JSON Schema is the one that the table of keys gives")
    func schemaIsCurrent() throws { #expect(try ConfigurationTexts.shipped("pulsegate.schema.json") == ConfigurationSchema.text) }

    @Test("the JSON Schema is JSON and asks for what the reader asks for")
    func schemaIsJSON() throws {
        let schema = try JSONSerialization.jsonObject(with: Data(ConfigurationSchema.text.utf8)) as? [String: Any]
        #expect(schema?["required"] as? [String] == ["trust_anchors", "listeners", "upstreams", "policies"])
        #expect(schema?["additionalProperties"] as? Bool == false)
    }

    @Test("the reference file reads, and what it shows as defaults are the defaults")
    func referenceShowsDefaults() throws {
        let shown = try #require(ConfigurationTexts.read(try ConfigurationTexts.shipped("reference.yaml")).configuration)
        let minimal = try #require(ConfigurationTexts.read(ConfigurationTexts.minimal).configuration)
        #expect(shown.stateDirectory == minimal.stateDirectory)
        #expect(shown.workers == minimal.workers)
        #expect(shown.log == minimal.log)
        #expect(shown.shutdownDrainSeconds == minimal.shutdownDrainSeconds)
        #expect(shown.clockSkewSeconds == minimal.clockSkewSeconds)
        let (anchor, plainAnchor) = (shown.trustAnchors[0], minimal.trustAnchors[0])
        #expect(anchor.intermediateFiles == plainAnchor.intermediateFiles)
        #expect(anchor.identity == plainAnchor.identity)
        #expect(anchor.maximumCertificateLifetimeSeconds == plainAnchor.maximumCertificateLifetimeSeconds)
        #expect(anchor.unknownStatus == plainAnchor.unknownStatus)
        #expect(anchor.stale == plainAnchor.stale)
        let (listener, plainListener) = (shown.listeners[0], minimal.listeners[0])
        #expect(listener.profile == plainListener.profile)
        #expect(listener.alpn == plainListener.alpn)
        #expect(listener.timeouts == plainListener.timeouts)
        #expect(listener.limits == plainListener.limits)
        #expect(shown.upstreams[0].identity == minimal.upstreams[0].identity)
    }

    @Test("the minimal configuration is strict: nothing to warn of")
    func minimalIsStrict() throws {
        #expect(ConfigurationTexts.read(try ConfigurationTexts.shipped("pulsegate.yaml")).lines == [])
    }

    @Test("the staged roll-out is strict but for what it says: it only reports, until its day")
    func rollOut() throws {
        let lines = ConfigurationTexts.read(try ConfigurationTexts.shipped("staged-roll-out.yaml")).lines
        #expect(lines.count == 1 && lines[0].contains("warning: listener 'devices' only reports refusals until 2027-01-31"))
    }

    @Test("bench.yaml has less than 25 lines and serves")
    func bench() throws {
        let text = try ConfigurationTexts.shipped("bench.yaml")
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count - 1 < 25)
        let configuration = try #require(ConfigurationTexts.read(text).configuration)
        #expect(configuration.listeners.map(\.bind) == [[.address("127.0.0.1", port: 8883)]])
        #expect(configuration.upstreams.map(\.addresses) == [[.host("127.0.0.1", port: 9000)]])
        #expect(configuration.policies.map(\.name) == ["all"])
    }

    @Test(
        "the effective configuration reads back as the same one",
        arguments: ["pulsegate.yaml", "reference.yaml", "bench.yaml", "staged-roll-out.yaml"]
    )
    func roundTrip(name: String) throws {
        let first = ConfigurationTexts.read(try ConfigurationTexts.shipped(name))
        let printed = try #require(EffectiveConfiguration(first)).text
        let second = ConfigurationTexts.read(printed)
        #expect(second.errors == [])
        #expect(second.configuration == first.configuration)
        #expect(second.configuration != nil)
    }

    @Test("a configuration with errors has no effect to print")
    func nothingToPrint() { #expect(EffectiveConfiguration(ConfigurationTexts.read("workers: many\n")) == nil) }

    @Test("the effective configuration tells defaults from what was written")
    func marksDefaults() throws {
        let text = try #require(EffectiveConfiguration(ConfigurationTexts.read("workers: 4\n" + ConfigurationTexts.minimal))).text
        #expect(text.contains("\nworkers: 4\n"))
        #expect(text.contains("\nclock_skew: 5m  # default\n"))
        #expect(text.contains("\n# metrics: absent, not served\n"))
        #expect(!text.contains("audit"))
    }
}
