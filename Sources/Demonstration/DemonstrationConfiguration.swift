import EventLoop

/// Where the demonstration listens.
package enum DemonstrationPort: String, CaseIterable, Sendable {
    /// The gateway's port for pumps and monitors.
    case telemetry
    /// The gateway's port for imaging devices and the tools that service them.
    case imaging
}

/// The ports from a base upwards, in the order of the cases; without a base the system chooses.
enum PortPlan: UInt16, CaseIterable, Sendable {
    case telemetry, imaging, telemetryPlatform, imageArchive, metrics

    func port(base: UInt16?) -> UInt16 { base.map { $0 + rawValue } ?? 0 }
}

/// The gateway's configuration file, as an operator would write it.
struct DemonstrationConfiguration: Sendable {
    let revocation: RevocationChecking
    let portBase: UInt16?
    let telemetryPlatform: SocketAddress
    let imageArchive: SocketAddress

    var text: String {
        """
        # The demonstration's gateway. Files count from this file's directory.
        state_directory: state
        workers: 2
        trust_anchors:
          hospital:
            certificates: [pki/device-root.pem]
            intermediates: [pki/device-issuing.pem]
            vouches_for: ["urn:hospital:device:**"]
            revocation: \(revocation("pki/root.crl", "pki/issuing.crl"))
          vendor:
            certificates: [pki/vendor-root.pem]
            vouches_for: ["urn:vendor:tool:**"]
            revocation: \(revocation("pki/vendor.crl"))
        listeners:
          telemetry:
            bind: ["127.0.0.1:\(PortPlan.telemetry.port(base: portBase))"]
            protocol: tcp
            server_certificates: [{ chain: pki/server.pem, key: pki/server.key }]
            trust: [hospital, vendor]
            resumption: allowed
            upstream: telemetry-platform
          imaging:
            bind: ["127.0.0.1:\(PortPlan.imaging.port(base: portBase))"]
            protocol: tcp
            server_certificates: [{ chain: pki/server.pem, key: pki/server.key }]
            trust: [hospital, vendor]
            upstream: image-archive
        upstreams:
          telemetry-platform: { addresses: ["\(telemetryPlatform)"] }
          image-archive: { addresses: ["\(imageArchive)"] }
        policies:
          - { name: pumps, when: { identity: "urn:hospital:device:pump:{serial}", listeners: [telemetry] }, devices: any }
          - { name: ventilators, when: { identity: "urn:hospital:device:ventilator:*" }, devices: registered }
          - name: monitors
            when: { identity: "urn:hospital:device:monitor:*", listeners: [telemetry] }
            devices: any
            sessions: { max: 1, on_conflict: probe-old }
          - { name: imaging, when: { identity: "urn:hospital:device:imaging:*", listeners: [imaging] }, devices: any }
          - { name: vendor-tools, when: { identity: "urn:vendor:tool:*", listeners: [imaging] }, devices: any }
        metrics: { bind: "127.0.0.1:\(PortPlan.metrics.port(base: portBase))" }
        shutdown: { drain: 1s }

        """
    }

    private func revocation(_ files: String...) -> String {
        switch revocation {
        case .checked: "{ crls: [\(files.map { "{ file: \($0) }" }.joined(separator: ", "))], unknown: refuse }"
        case .unchecked: "{ crls: [], unknown: admit }"
        }
    }
}
