import PKITypes

/// A device that a listener admitted only because it reports and does not refuse: who, with which key, for which reason, and how
/// often. What a registry and policies are drafted from.
package struct ObservedRefusal: Hashable, Sendable {
    /// What makes two sightings one row.
    package struct Key: Hashable, Sendable {
        package let listener: String
        package let identity: DeviceIdentity
        package let key: KeyFingerprint
        /// As enforcement would have said it.
        package let reason: RefusalReason

        package init(listener: String, identity: DeviceIdentity, key: KeyFingerprint, reason: RefusalReason) {
            self.listener = listener
            self.identity = identity
            self.key = key
            self.reason = reason
        }
    }

    package let key: Key
    /// The last one that was shown with the key.
    package private(set) var credential: CredentialID
    package private(set) var validity: Validity
    package private(set) var firstSeen: UnixSeconds
    package private(set) var lastSeen: UnixSeconds
    package private(set) var count: Int64
    package private(set) var networks: ObservedNetworks

    package init(
        _ key: Key, _ credential: CredentialID, _ validity: Validity, firstSeen: UnixSeconds, lastSeen: UnixSeconds,
        count: Int64 = 1, networks: ObservedNetworks
    ) {
        self.key = key
        self.credential = credential
        self.validity = validity
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.count = count
        self.networks = networks
    }

    /// With what was seen of the same key later, or earlier.
    package mutating func add(_ other: ObservedRefusal) {
        precondition(key == other.key, "sightings of two devices are not one")
        if other.lastSeen >= lastSeen { (credential, validity) = (other.credential, other.validity) }
        firstSeen = min(firstSeen, other.firstSeen)
        lastSeen = max(lastSeen, other.lastSeen)
        count += other.count
        networks.add(other.networks)
    }
}

/// Where devices came from, in networks as hospitals cut them: ``NetworkPrefix/init(subnetOf:)``.
package struct ObservedNetworks: Hashable, Sendable {
    /// A device that was in more of them is in none.
    package static let networksMax = 16

    package private(set) var networks: Set<NetworkPrefix> = []
    /// In more than are kept, or where there are no addresses.
    package private(set) var isScattered = false

    package init() {}

    /// - Parameter source: nil for a device on a unix socket.
    package init(_ source: IPAddress?) {
        networks = source.map { [NetworkPrefix(subnetOf: $0)] } ?? []
        isScattered = source == nil
    }

    package mutating func add(_ other: Self) {
        networks.formUnion(other.networks)
        isScattered = isScattered || other.isScattered || networks.count > Self.networksMax
        if isScattered { networks = [] }
    }

    /// As a store keeps it: of each network how many octets follow, its length, and the octets.
    var octets: [UInt8] {
        if isScattered { return [0] }
        return networks.flatMap { [UInt8($0.address.octets.count), UInt8($0.length)] + $0.address.octets }
    }

    /// Nil for octets that nothing of ours wrote.
    init?(octets: [UInt8]) {
        if octets == [0] {
            isScattered = true
            return
        }
        var rest = octets[...]
        while let count = rest.popFirst() {
            guard let length = rest.popFirst(), rest.count >= Int(count),
                let network = IPAddress(octets: rest.prefix(Int(count))).flatMap({
                    NetworkPrefix(address: $0, length: Int(length))
                })
            else { return nil }
            networks.insert(network)
            rest = rest.dropFirst(Int(count))
        }
    }
}
