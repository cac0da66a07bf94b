import PKITypes

/// A filter as names and values, as a query or a JSON object has them; names that stand twice are alternatives.
package enum FilterText {
    package static func pairs(of filter: DeviceFilter) -> [(String, String)] {
        var pairs = filter.states.sorted { $0.rawValue < $1.rawValue }.map { ("state", $0.name) }
        for (name, path) in texts {
            if let text = filter[keyPath: path] { pairs.append((name, text)) }
        }
        for (name, path) in durations {
            if let seconds = filter[keyPath: path] { pairs.append((name, "\(seconds)")) }
        }
        for (name, path) in flags where filter[keyPath: path] { pairs.append((name, "true")) }
        return pairs
    }

    package static func filter(_ pairs: [(String, String)]) throws(RequestFault) -> DeviceFilter {
        var filter = DeviceFilter()
        for (name, value) in pairs {
            if name == "state" {
                guard let state = DeviceState(name: value) else { throw RequestFault("state: '\(value)' is none") }
                filter.states.insert(state)
            } else if let path = texts.first(where: { $0.0 == name })?.1 {
                guard filter[keyPath: path] == nil else { throw RequestFault("\(name): stands twice") }
                filter[keyPath: path] = value
            } else if let path = durations.first(where: { $0.0 == name })?.1 {
                guard let seconds = Int64(value), seconds >= 0 else {
                    throw RequestFault("\(name): '\(value)' is no number of seconds")
                }
                filter[keyPath: path] = seconds
            } else if let path = flags.first(where: { $0.0 == name })?.1 {
                guard value == "true" else { throw RequestFault("\(name): '\(value)' is not true") }
                filter[keyPath: path] = true
            } else {
                throw RequestFault("'\(name)' is no condition of a filter")
            }
        }
        return filter
    }

    /// An object whose values are texts, or lists of texts.
    package static func filter(_ node: JSONNode) throws(RequestFault) -> DeviceFilter {
        guard case .object(let members) = node else { throw RequestFault("filter: is not an object") }
        var pairs: [(String, String)] = []
        for (name, value) in members {
            let values = value.elements ?? [value]
            for value in values {
                guard let text = value.text else { throw RequestFault("filter: \(name) is no text") }
                pairs.append((name, text))
            }
        }
        return try filter(pairs)
    }

    package static func node(of filter: DeviceFilter) -> JSONNode {
        let pairs = pairs(of: filter)
        let states = pairs.filter { $0.0 == "state" }.map { JSONNode.string($0.1) }
        let others = pairs.filter { $0.0 != "state" }.map { ($0.0, JSONNode.string($0.1)) }
        return .members((states.isEmpty ? [] : [("state", .array(states))]) + others)
    }

    private static let texts: [(String, any WritableKeyPath<DeviceFilter, String?> & Sendable)] = [
        ("model", \.model), ("udi_di", \.udiDI), ("lot", \.lot), ("owner", \.owner), ("site", \.site), ("zone", \.zone),
        ("ca", \.authority),
    ]

    private static let durations: [(String, any WritableKeyPath<DeviceFilter, Int64?> & Sendable)] = [
        ("idle", \.idleSeconds), ("expiring", \.expiringSeconds),
    ]

    private static let flags: [(String, any WritableKeyPath<DeviceFilter, Bool> & Sendable)] = [
        ("ownerless", \.onlyOwnerless), ("certificate_valid_but_retired", \.onlyValidButRetired),
        ("rights_never_used", \.onlyRightsNeverUsed),
    ]
}
