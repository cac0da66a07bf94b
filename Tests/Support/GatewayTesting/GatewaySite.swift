import EventLoop
import LabPKI

/// Everything that a gateway reads, in a directory of its own: configuration, certificates, keys, lists.
package struct GatewaySite: Sendable {
    package let directory: TemporaryDirectory
    package let pki: DevicePKI
    /// The configuration as it was first written.
    package let text: String

    /// - Parameters:
    ///   - upstream: where the sessions go.
    ///   - configuration: given the default text, returns the text to run with.
    ///   - files: writes more files, or others, than the PKI's own.
    package init(
        upstream: SocketAddress,
        pki: DevicePKI? = nil,
        configuration edit: (String) -> String = { $0 },
        files: (TemporaryDirectory, DevicePKI) throws -> Void = { _, _ in }
    ) throws {
        directory = TemporaryDirectory()
        self.pki = try pki ?? DevicePKI()
        try self.pki.write(to: directory)
        try files(directory, self.pki)
        text = edit(Self.configuration(upstream: upstream))
        directory.write(text, to: Self.configurationName)
    }

    package static let configurationName = "gateway.yaml"

    package var configurationFile: String { directory.file(Self.configurationName) }

    package func rewriteConfiguration(_ text: String) { directory.write(text, to: Self.configurationName) }

    package static func configuration(upstream: SocketAddress) -> String {
        """
        state_directory: state
        workers: 2
        trust_anchors:
          device-ca:
            certificates: [root.pem]
            intermediates: [issuing.pem]
            vouches_for: ["urn:hospital:device:**"]
            revocation:
              crls: [{ file: root.crl }, { file: issuing.crl }]
        listeners:
          devices:
            bind: ["127.0.0.1:0"]
            protocol: tcp
            server_certificates: [{ chain: server.pem, key: server.key }]
            trust: [device-ca]
            upstream: backend
        upstreams:
          backend:
            addresses: ["\(upstream)"]
        policies:
          - { name: devices, when: { identity: "urn:hospital:device:**" }, devices: any }
        metrics: { bind: "127.0.0.1:0" }
        shutdown: { drain: 5s }

        """
    }
}

extension String {
    /// The configuration with one piece of its text replaced, which has to be there.
    package func replacing(_ part: String, by other: String) -> String {
        precondition(contains(part), "the configuration has no \(part)")
        return replacing(part, with: other, maxReplacements: 1)
    }

    /// The configuration with more keys for its one listener.
    package func addingToListener(_ lines: String...) -> String {
        let key = "    upstream: backend\n"
        return replacing(key, by: key + lines.map { "    \($0)\n" }.joined())
    }
}
