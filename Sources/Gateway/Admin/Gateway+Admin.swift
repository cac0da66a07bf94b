import AdminAPI
import DataPlane
import DeviceRegistry
import PKITypes

/// What the admin API has, by path.
extension Gateway {
    var adminRoutes: [AdminRoute] {
        [
            AdminRoute(.get, "/v1/status") { [self] _ in AdminAnswer(200, status().json) },
            AdminRoute(.post, "/v1/reload", body: .read) { [self] request in AdminAnswer(answerReload(request.body)) },
            AdminRoute(.post, "/v1/drain") { [self] _ in
                drain()
                return AdminAnswer(200, "{\"drained\":true}")
            },
            AdminRoute(.get, "/v1/sessions") { [self] request in AdminAnswer(listSessions(request.query)) },
            AdminRoute(.post, "/v1/sessions/close", body: .read) { [self] request in
                AdminAnswer(closeSessions(request.body))
            },
        ] + deviceRoutes
    }

    private var deviceRoutes: [AdminRoute] {
        let service = { @Sendable [desk, clockKeeper] in DirectoryService(GatewayDirectory(desk), now: clockKeeper.clock.now) }
        let imports = ImportDesk()
        return [
            AdminRoute(.get, "/v1/devices") { AdminAnswer(service().list($0.query)) },
            AdminRoute(.get, "/v1/device") { AdminAnswer(service().show($0.query)) },
            AdminRoute(.get, "/v1/devices/counts") { _ in AdminAnswer(service().counts()) },
            AdminRoute(.post, "/v1/devices/enroll", body: .read) { AdminAnswer(service().enroll($0.body)) },
            AdminRoute(.post, "/v1/devices/command", body: .read) { AdminAnswer(service().command($0.body)) },
            AdminRoute(.post, "/v1/devices/import", body: .spooled) { request in
                AdminAnswer(
                    imports.perform { progress in
                        service().importInventory(request.query, file: request.file ?? "", progress: progress)
                    })
            },
            AdminRoute(.get, "/v1/devices/import") { _ in
                AdminAnswer(200, JSONNode.members([("octets", imports.progress.map { .number($0) } ?? .null)]).json)
            },
        ]
    }

    /// Body: empty, or `{"confirm":true}`, a person's word for the change that is held.
    private func answerReload(_ body: [UInt8]) -> ExchangeAnswer {
        guard !body.isEmpty else {
            switch reload() {
            case .success(let generation): return published(generation)
            case .failure(let failure): return Self.answer(failure)
            }
        }
        guard let request = JSONNode.read(body), request.memberNames == ["confirm"], request["confirm"]?.text == "true" else {
            return RefusalText.answer(RequestFault("the body is neither empty nor {\"confirm\":true}"))
        }
        switch confirmHeldChange() {
        case .applied(let generation): return published(generation)
        case .nothingHeld: return RefusalText.answer(409, "nothing-held", "no change is held")
        case .heldAnother(let change): return Self.answer(.held(change))
        case .failed(let failure): return Self.answer(failure)
        }
    }

    private func published(_ generation: UInt64) -> ExchangeAnswer {
        let findings = state.withLock { $0.prepared.reading.findings }
        let members: [(String, JSONNode)] = [
            ("generation", .number(generation)), ("findings", .array(findings.map(FindingNode.node))),
        ]
        return ExchangeAnswer(200, JSONNode.members(members).json)
    }

    private static func answer(_ failure: GatewayFailure) -> ExchangeAnswer {
        switch failure {
        case .findings(let findings):
            let error = JSONNode.members([
                ("code", .string("findings")), ("reason", .string(failure.summary)),
                ("findings", .array(findings.map(FindingNode.node))),
            ])
            return ExchangeAnswer(422, JSONNode.members([("error", error)]).json)
        case .unreadable(let cause): return RefusalText.answer(422, "unreadable", cause)
        case .system(let cause): return RefusalText.answer(500, "system", cause)
        case .held: return RefusalText.answer(409, "held", "\(failure); 'pulsegate reload --confirm' makes it")
        }
    }
}

extension AdminAnswer {
    init(_ answer: ExchangeAnswer) { self.init(answer.status, answer.json) }
}
