import DataPlane
import DeviceRegistry
import Dispatch
import PKITypes
import Synchronization

/// Live sessions, as the API lists and ends them.
extension Gateway {
    /// Query: `id`, `identity` or `listener`; nothing: all.
    func listSessions(_ query: [(String, String)]) -> ExchangeAnswer {
        do throws(RequestFault) {
            let sessions = inquire(.describe, try Self.selection(query) ?? .all)
            return answer(sessions)
        } catch {
            return RefusalText.answer(error)
        }
    }

    /// Body: `{"id":"…"}`, `{"identity":"…"}` or `{"listener":"…"}`.
    func closeSessions(_ body: [UInt8]) -> ExchangeAnswer {
        guard case .object(let members)? = JSONNode.read(body) else {
            return RefusalText.answer(RequestFault("the body is not a JSON object"))
        }
        do throws(RequestFault) {
            guard let selection = try Self.selection(members.map { ($0.name, $0.value.text ?? "") }) else {
                throw RequestFault("say which: id, identity or listener")
            }
            let closed = inquire(.close, selection)
            for session in closed {
                logger.notice(
                    "session closed by an operator",
                    metadata: ["decision": "\(session.decision)", "identity": "\(session.identity)"])
            }
            if closed.isEmpty { return RefusalText.answer(404, "no-such-session", "there is no such session") }
            return answer(closed)
        } catch {
            return RefusalText.answer(error)
        }
    }

    private static func selection(_ pairs: [(String, String)]) throws(RequestFault) -> SessionSelection? {
        guard pairs.count < 2 else { throw RequestFault("say one of id, identity and listener") }
        guard let (name, value) = pairs.first else { return nil }
        switch name {
        case "id":
            guard let id = DecisionID(text: value) else { throw RequestFault("id: '\(value)' is none") }
            return .decision(id)
        case "identity": return .identity(DeviceIdentity(text: value))
        case "listener": return .listener(value)
        default: throw RequestFault("'\(name)' is none of id, identity and listener")
        }
    }

    private func answer(_ sessions: [SessionFacts]) -> ExchangeAnswer {
        let now = clockKeeper.clock.now
        let nodes = sessions.map { session in
            JSONNode.members([
                ("id", .string("\(session.decision)")), ("identity", .string(session.identity.text)),
                ("listener", .string(session.listener)), ("source", .string("\(session.source)")),
                ("since", .string((now + -Int64(session.secondsOpen)).text)), ("policy", .string(session.policy)),
                ("state", .string(session.state.rawValue)), ("octets_from_device", .number(session.octetsFromDevice)),
                ("octets_to_device", .number(session.octetsToDevice)),
            ])
        }
        return ExchangeAnswer(200, JSONNode.members([("sessions", .array(nodes))]).json)
    }

    /// Page by page, loop by loop; a session that comes or goes meanwhile may be told or not.
    private func inquire(_ wish: LoopInquiry.Wish, _ selection: SessionSelection) -> [SessionFacts] {
        var found: [SessionFacts] = []
        for loop in 0..<dataPlane.loopCount {
            if case .decision(let id) = selection, id.loop != loop { continue }
            var start: Int? = 0
            while let from = start {
                guard let page = page(of: loop, wish, selection, from) else { break }
                found += page.sessions
                start = page.next
            }
        }
        return found
    }

    /// Nil from a loop that has stopped.
    private func page(
        of loop: Int, _ wish: LoopInquiry.Wish, _ selection: SessionSelection, _ start: Int
    ) -> LoopInquiry.Page? {
        let answered = DispatchSemaphore(value: 0)
        let told = ToldPage()
        let inquiry = LoopInquiry(wish, selection, from: start) { page in
            told.page.withLock { $0 = page }
            answered.signal()
        }
        dataPlane.ask(inquiry, loop: loop)
        guard answered.wait(timeout: .now() + .seconds(Self.loopPatienceSeconds)) == .success else { return nil }
        return told.page.withLock { $0 }
    }

    /// A loop that is silent for so long has stopped: it answers within a turn.
    private static let loopPatienceSeconds = 5
}

private final class ToldPage: Sendable { let page = Mutex<LoopInquiry.Page?>(nil) }
