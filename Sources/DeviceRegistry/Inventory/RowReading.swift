import PKITypes

/// Reads a row's cells into a record, and gathers what is wrong with them.
struct RowReading {
    let row: InventoryRow
    private(set) var problems: [ImportProblem] = []

    init(_ row: InventoryRow) { self.row = row }

    /// Nil when the row names nobody.
    mutating func identity() -> DeviceIdentity? {
        guard let text = text(.identity), !text.isEmpty else {
            problems.append(ImportProblem(line: row.line, fault: .identityMissing))
            return nil
        }
        guard text.utf8.count <= Self.identityOctetsMax, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            unexpected(.identity, text)
            return nil
        }
        return DeviceIdentity(text: text)
    }

    private static let identityOctetsMax = 1024

    /// A new record, with all that the row says.
    mutating func record(of identity: DeviceIdentity, _ context: CommandContext) -> DeviceRecord {
        let enrolledAt = moment(.enrolledAt) ?? context.time
        var enrolledBy = context.actor
        if let text = text(.enrolledBy), !text.isEmpty {
            if let actor = Actor(text: text) { enrolledBy = actor } else { unexpected(.enrolledBy, text) }
        }
        var record = DeviceRecord(identity: identity, enrolledAt: enrolledAt, enrolledBy: enrolledBy)
        describe(&record)
        record.state = state() ?? .provisioned
        record.stateSince = moment(.stateSince) ?? enrolledAt
        if let text = text(.stateCause), !text.isEmpty {
            if let cause = TransitionCause(text: text) { record.stateCause = cause } else { unexpected(.stateCause, text) }
        }
        (record.firstSeen, record.lastSeen) = (moment(.firstSeen), moment(.lastSeen))
        record.expectedKey = expectedKey()
        for text in list(.condemnedKeys) ?? [] {
            if let key = KeyFingerprint(text: text) { record.condemnedKeys.append(key) } else { unexpected(.condemnedKeys, text) }
        }
        record.credentials = credentials()
        return record
    }

    /// What a file may change of a record that is there: what it says of the device, never its state or its credentials.
    mutating func amend(_ record: inout DeviceRecord) {
        describe(&record)
        guard let key = expectedKey(), record.expectedKey != key, !record.credentials.contains(where: { $0.key == key }) else {
            return
        }
        if record.condemns(key) {
            let failure = RegistryFailure.lifecycle(record.identity, .keyCondemned(key))
            problems.append(ImportProblem(line: row.line, fault: .refused(failure)))
        } else {
            record.expectedKey = key
        }
    }

    mutating func state() -> DeviceState? {
        guard let text = text(.state), !text.isEmpty else { return nil }
        let state = DeviceState(name: text)
        if state == nil { unexpected(.state, text) }
        return state
    }

    /// Columns that the file has not leave what is there; an empty cell empties it.
    private mutating func describe(_ record: inout DeviceRecord) {
        for (column, path) in Self.texts {
            if let text = text(column) { record.description[keyPath: path] = text }
        }
        record.aliases = Self.aliasKinds.flatMap { column, kind in
            list(column)?.map { SenderAlias(kind, $0) } ?? record.aliases.filter { $0.kind == kind }
        }
        if let posture = posture() { record.posture = posture }
        if let windows = windows() { record.windows = windows }
    }

    static let texts: [(InventoryColumn, any WritableKeyPath<DeviceDescription, String> & Sendable)] = [
        (.owner, \.owner), (.model, \.model), (.udiDI, \.udiDI), (.lot, \.lot), (.serialNumber, \.serialNumber),
        (.firmware, \.firmware), (.site, \.site), (.zone, \.zone), (.notes, \.notes),
    ]

    static let aliasKinds: [(InventoryColumn, SenderAlias.Kind)] = [
        (.aeTitles, .dicomAETitle), (.mqttClientIDs, .mqttClientID), (.hl7Senders, .hl7Sender),
    ]

    private mutating func windows() -> [TimeWindow]? {
        guard let texts = list(.windows) else { return nil }
        return texts.compactMap { text in
            let window = TimeWindow(text: text)
            if window == nil { unexpected(.windows, text) }
            return window
        }
    }

    private mutating func posture() -> [String: String]? {
        guard let pairs = pairs(.posture) else { return nil }
        for (name, value) in pairs where !PostureRule.isName(name) || !PostureRule.isValue(value) {
            unexpected(.posture, "\(name)=\(value)")
        }
        let posture = Dictionary(pairs) { _, last in last }
        if posture.count > PostureRule.attributesMax { unexpected(.posture, "\(posture.count) of them") }
        return posture
    }

    private mutating func expectedKey() -> KeyFingerprint? {
        guard let text = text(.expectedKey), !text.isEmpty else { return nil }
        let key = KeyFingerprint(text: text)
        if key == nil { unexpected(.expectedKey, text) }
        return key
    }

    private mutating func credentials() -> [Credential] {
        let nodes: [JSONNode]
        switch row[.credentials] {
        case nil: return []
        case .text(let text) where text.isEmpty: return []
        case .text(let text):
            guard case .array(let elements)? = try? JSONNode(Array(text.utf8)) else {
                unexpected(.credentials, text)
                return []
            }
            nodes = elements
        case .objects(let objects): nodes = objects
        case .list, .pairs:
            unexpected(.credentials, "something else")
            return []
        }
        return nodes.compactMap { node in
            let credential = CredentialText.credential(node)
            if credential == nil { unexpected(.credentials, "one that is not complete") }
            return credential
        }
    }

    private mutating func moment(_ column: InventoryColumn) -> UnixSeconds? {
        guard let text = text(column), !text.isEmpty else { return nil }
        let moment = UnixSeconds(text: text)
        if moment == nil { unexpected(column, text) }
        return moment
    }

    private mutating func text(_ column: InventoryColumn) -> String? {
        switch row[column] {
        case nil: return nil
        case .text(let text): return text
        case .list(let list) where list.isEmpty: return ""
        case .list, .pairs, .objects:
            unexpected(column, "a list")
            return nil
        }
    }

    private mutating func list(_ column: InventoryColumn) -> [String]? {
        switch row[column] {
        case nil: return nil
        case .text(let text): return FieldText.list(in: text)
        case .list(let list): return list
        case .pairs, .objects:
            unexpected(column, "an object")
            return nil
        }
    }

    private mutating func pairs(_ column: InventoryColumn) -> [(String, String)]? {
        switch row[column] {
        case nil: return nil
        case .text(let text):
            let pairs = FieldText.pairs(in: text)
            if pairs == nil { unexpected(column, text) }
            return pairs
        case .pairs(let pairs): return pairs
        case .list(let list) where list.isEmpty: return []
        case .list, .objects:
            unexpected(column, "a list")
            return nil
        }
    }

    /// What was found is shown as far as a line of a terminal takes it.
    private mutating func unexpected(_ column: InventoryColumn, _ found: String) {
        let shown = found.count > 60 ? found.prefix(60) + "…" : found[...]
        let fault = ImportProblem.Fault.unexpected(
            column: column.rawValue, found: "'\(shown)'", expected: column.expectation)
        problems.append(ImportProblem(line: row.line, fault: fault))
    }
}
