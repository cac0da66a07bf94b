import PKITypes

/// Answers requests about devices from a directory: the API without its transport.
package struct DirectoryService {
    private let directory: any DeviceDirectory
    private let now: UnixSeconds

    package init(_ directory: any DeviceDirectory, now: UnixSeconds) {
        self.directory = directory
        self.now = now
    }

    /// Of one page; whoever wants more asks behind the last.
    package static let pageDevicesMax = 1000

    /// Query: the conditions of a filter, `after` (an identity) and `limit`.
    package func list(_ query: [(String, String)]) -> ExchangeAnswer {
        answering { () throws(Refused) in
            var conditions = query
            let after = Self.take("after", from: &conditions)
            let limit = Self.take("limit", from: &conditions).map { Int($0) } ?? Self.pageDevicesMax
            guard let limit, limit > 0 else { throw .fault(RequestFault("limit: is no number of devices")) }
            var filter: DeviceFilter
            do throws(RequestFault) { filter = try FilterText.filter(conditions) } catch { throw .fault(error) }
            filter.after = after.map { DeviceIdentity(text: $0) }
            let most = min(limit, Self.pageDevicesMax)
            var lines: [String] = []
            var last: DeviceIdentity?
            var hasMore = false
            let wanted = filter
            try asking { () throws(RegistryFailure) in
                try directory.forEachRecord(matching: wanted, at: now) { stored in
                    hasMore = lines.count == most
                    guard !hasMore else { return false }
                    lines.append(RecordText.json(stored))
                    last = stored.record.identity
                    return true
                }
            }
            let next = hasMore ? last.map { InventoryText.string($0.text) } ?? "null" : "null"
            return ExchangeAnswer(200, "{\"devices\":[\(lines.joined(separator: ","))],\"next\":\(next)}")
        }
    }

    /// Query: `identity`.
    package func show(_ query: [(String, String)]) -> ExchangeAnswer {
        answering { () throws(Refused) in
            guard query.count == 1, query[0].0 == "identity" else { throw .fault(RequestFault("identity: say which")) }
            let identity = DeviceIdentity(text: query[0].1)
            return try asking { () throws(RegistryFailure) in
                guard let stored = try directory.record(of: identity) else { throw .unknownDevice(identity) }
                let steps = try directory.history(of: identity).map { RecordText.node(of: $0).json }.joined(separator: ",")
                let hooks = try directory.receipts(of: identity).map { RecordText.node(of: $0).json }.joined(separator: ",")
                let record = RecordText.json(stored)
                return ExchangeAnswer(200, record.dropLast() + ",\"history\":[\(steps)],\"hooks\":[\(hooks)]}")
            }
        }
    }

    package func counts() -> ExchangeAnswer {
        answering { () throws(Refused) in
            let counts = try asking { () throws(RegistryFailure) in try directory.counts() }
            return ExchangeAnswer(200, OutcomeText.json(counts))
        }
    }

    /// Body: `{"device":{…},"actor":"person:…"}`, the device as a JSON inventory describes it.
    package func enroll(_ body: [UInt8]) -> ExchangeAnswer {
        answering { () throws(Refused) in
            guard let node = JSONNode.read(body), let device = node["device"] else {
                throw .fault(RequestFault("the body is no object with a device"))
            }
            let record: DeviceRecord
            do throws(RequestFault) {
                let actor = try CommandRequest.actor(node["actor"]?.text)
                record = try RecordText.described(device, CommandContext(actor: actor, reason: "", time: now))
            } catch {
                throw .fault(error)
            }
            try asking { () throws(RegistryFailure) in try directory.enroll(record) }
            return ExchangeAnswer(201, InventoryText.json(record))
        }
    }

    /// Body: a ``CommandRequest``.
    package func command(_ body: [UInt8]) -> ExchangeAnswer {
        answering { () throws(Refused) in
            guard let node = JSONNode.read(body) else { throw .fault(RequestFault("the body is not JSON")) }
            let request: CommandRequest
            do throws(RequestFault) { request = try CommandRequest(node, now: now) } catch { throw .fault(error) }
            let context = CommandContext(actor: request.actor, reason: request.reason, time: now)
            return try asking { () throws(RegistryFailure) in
                switch request.selection {
                case .one(let identity):
                    let record = try directory.perform(request.command, on: identity, context)
                    return ExchangeAnswer(200, InventoryText.json(record))
                case .all(let filter, let mode):
                    let outcome = try directory.performOnAll(request.command, matching: filter, context, mode: mode)
                    return ExchangeAnswer(200, OutcomeText.json(outcome))
                }
            }
        }
    }

    /// Query: `format`, `actor` and `reason`; the file is what came with the request.
    package func importInventory(
        _ query: [(String, String)], file path: String, progress: (_ octets: Int) -> Void
    ) -> ExchangeAnswer {
        answering { () throws(Refused) in
            let values = Dictionary(query) { first, _ in first }
            guard let format = values["format"].flatMap(InventoryFile.Format.init(rawValue:)) else {
                throw .fault(RequestFault("format: say csv or json"))
            }
            let actor: Actor
            do throws(RequestFault) { actor = try CommandRequest.actor(values["actor"]) } catch { throw .fault(error) }
            let context = CommandContext(actor: actor, reason: values["reason"] ?? "", time: now)
            do throws(ImportFailure) {
                let file = InventoryFile(path: path, format: format)
                return ExchangeAnswer(200, OutcomeText.json(try directory.importInventory(file, context, progress: progress)))
            } catch {
                return RefusalText.answer(error)
            }
        }
    }

    private enum Refused: Error {
        case fault(RequestFault)
        case registry(RegistryFailure)
    }

    private func answering(_ body: () throws(Refused) -> ExchangeAnswer) -> ExchangeAnswer {
        do throws(Refused) {
            return try body()
        } catch {
            switch error {
            case .fault(let fault): return RefusalText.answer(fault)
            case .registry(let failure): return RefusalText.answer(failure)
            }
        }
    }

    private func asking<Value>(_ body: () throws(RegistryFailure) -> Value) throws(Refused) -> Value {
        do throws(RegistryFailure) { return try body() } catch { throw .registry(error) }
    }

    private static func take(_ name: String, from query: inout [(String, String)]) -> String? {
        guard let position = query.firstIndex(where: { $0.0 == name }) else { return nil }
        return query.remove(at: position).1
    }
}
