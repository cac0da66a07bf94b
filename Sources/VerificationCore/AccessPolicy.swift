import PKITypes

/// A rule about which devices may connect: `when` selects, `require` must hold. The first policy whose `when` matches
/// decides; there is no falling through a failed requirement.
package final class AccessPolicy: Sendable {
    /// Whose word it takes. Strict first.
    package enum Devices: String, CaseIterable, Sendable {
        /// The registry's: of the device and of its credential.
        case registered
        /// The same; only here a registered device may show a certificate without an end, its manufacturer's, which is bound to
        /// nobody: for where it gets one with an end.
        case enrolment
        /// The certification authority's alone; the registry can still refuse.
        case any
    }

    package let name: String
    package let devices: Devices
    /// Nil matches every identity.
    package let identity: IdentityPattern?
    /// Empty matches every listener.
    package let listeners: Set<String>
    /// Empty allows every network.
    package let networks: [NetworkPrefix]
    package let minimumTLSVersion: TLSVersion?
    package let warnCertificateAgeSeconds: Int64?
    package let maximumCertificateAgeSeconds: Int64?
    /// Nil: any time.
    package let hours: AccessHours?
    /// All of them; empty asks for nothing.
    package let posture: [PostureRequirement]
    /// Nil: as many sessions as it likes.
    package let sessions: SessionLimit?
    let looksAtDevice: Bool

    package init(
        name: String,
        devices: Devices,
        identity: IdentityPattern? = nil,
        listeners: Set<String> = [],
        networks: [NetworkPrefix] = [],
        minimumTLSVersion: TLSVersion? = nil,
        warnCertificateAgeSeconds: Int64? = nil,
        maximumCertificateAgeSeconds: Int64? = nil,
        hours: AccessHours? = nil,
        posture: [PostureRequirement] = [],
        sessions: SessionLimit? = nil
    ) {
        self.name = name
        self.devices = devices
        self.identity = identity
        self.listeners = listeners
        self.networks = networks
        self.minimumTLSVersion = minimumTLSVersion
        self.warnCertificateAgeSeconds = warnCertificateAgeSeconds
        self.maximumCertificateAgeSeconds = maximumCertificateAgeSeconds
        self.hours = hours
        self.posture = posture
        self.sessions = sessions
        looksAtDevice = hours != nil || !posture.isEmpty
    }

    /// The first requirement to the connection that does not hold, or nil.
    package func unmetRequirement(_ facts: ConnectionFacts, certificateAgeSeconds: Int64) -> RefusalReason? {
        if !networks.isEmpty {
            guard let source = facts.source, networks.contains(where: { $0.contains(source) }) else { return .networkNotAllowed }
        }
        if let minimumTLSVersion, facts.tlsVersion < minimumTLSVersion { return .tlsTooOld }
        if let maximumCertificateAgeSeconds, certificateAgeSeconds > maximumCertificateAgeSeconds { return .certificateTooOld }
        return nil
    }

    /// The first requirement to the device, or to the moment, that does not hold, or nil.
    ///
    /// - Parameter end: becomes the last second of the hours that hold now, if that comes earlier.
    package func unmetRequirement(
        _ device: KnownDevice, at now: UnixSeconds, until end: inout UnixSeconds
    ) -> RefusalReason? {
        if let hours {
            let granted = hours.hours.grants == .counted ? device.windows : []
            guard let last = hours.lastOpenSecond(at: now, granted: granted) else { return .outsideTimeWindow }
            end = min(end, last)
        }
        if posture.isEmpty { return nil }
        guard let known = device.posture, posture.allSatisfy({ $0.isMet(by: known) }) else { return .postureNotMet }
        return nil
    }

    /// The last second in which a certificate is not too old.
    func oldestMoment(ofCertificateFrom notBefore: UnixSeconds) -> UnixSeconds {
        maximumCertificateAgeSeconds.map { notBefore + $0 } ?? UnixSeconds(.max)
    }

    func warnsAbout(certificateAgeSeconds: Int64) -> Bool {
        warnCertificateAgeSeconds.map { certificateAgeSeconds > $0 } ?? false
    }
}

extension AccessPolicy: Equatable {
    /// Whether both decide alike; a test sees to it that no requirement is left out.
    package static func == (left: AccessPolicy, right: AccessPolicy) -> Bool {
        left.name == right.name && left.devices == right.devices && left.identity == right.identity
            && left.listeners == right.listeners && left.networks == right.networks
            && left.minimumTLSVersion == right.minimumTLSVersion
            && left.warnCertificateAgeSeconds == right.warnCertificateAgeSeconds
            && left.maximumCertificateAgeSeconds == right.maximumCertificateAgeSeconds
            && left.hours == right.hours && left.posture == right.posture && left.looksAtDevice == right.looksAtDevice
            && left.sessions == right.sessions
    }
}
