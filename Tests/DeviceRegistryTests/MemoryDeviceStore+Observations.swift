import PKITypes

@testable import DeviceRegistry

extension MemoryDeviceStore: ObservationStore {
    func note(_ seen: [ObservedRefusal], rowsMax: Int) throws(StoreFailure) -> Int64 {
        contents.withLock { contents in
            var dropped: Int64 = 0
            for sighting in seen {
                if contents.observations[sighting.key] != nil {
                    contents.observations[sighting.key]?.add(sighting)
                } else if contents.observations.count < rowsMax {
                    contents.observations[sighting.key] = sighting
                } else {
                    dropped += sighting.count
                }
            }
            return dropped
        }
    }

    func observations(of listener: String?, since: UnixSeconds) throws(StoreFailure) -> [ObservedRefusal] {
        let known = contents.withLock { Array($0.observations.values) }
        return known.filter { $0.lastSeen >= since && (listener == nil || $0.key.listener == listener) }
            .sorted { Self.order(of: $0.key) < Self.order(of: $1.key) }
    }

    private static func order(of key: ObservedRefusal.Key) -> (String, String, String, String) {
        (key.listener, key.identity.text, "\(key.key)", key.reason.rawValue)
    }
}
