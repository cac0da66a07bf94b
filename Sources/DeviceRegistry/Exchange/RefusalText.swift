import PKITypes

/// An answer to a request: its HTTP status and JSON body.
package struct ExchangeAnswer: Hashable, Sendable {
    package let status: Int
    package let json: String

    package init(_ status: Int, _ json: String) {
        self.status = status
        self.json = json
    }
}

/// Why a request was not granted, as `{"error":{"code":"…","reason":"…"}}` with its status, both ways.
package enum RefusalText {
    package static func answer(_ fault: RequestFault) -> ExchangeAnswer { answer(400, "bad-request", fault.reason) }

    package static func answer(_ failure: RegistryFailure) -> ExchangeAnswer {
        switch failure {
        case .unknownDevice: answer(404, "unknown-device", failure.description)
        case .enrolledAlready: answer(409, "enrolled-already", failure.description)
        case .keyBelongsTo: answer(409, "key-belongs-to-another", failure.description)
        case .lifecycle(_, .reasonMissing): answer(400, "reason-missing", failure.description)
        case .lifecycle: answer(409, "not-from-this-state", failure.description)
        case .store(.busy): answer(503, "store-busy", failure.description)
        case .store(.full): answer(507, "store-full", failure.description)
        case .store: answer(500, "store", failure.description)
        case .remote(let remote): answer(remote.status, remote.code, remote.reason)
        }
    }

    package static func answer(_ failure: ImportFailure) -> ExchangeAnswer {
        switch failure {
        case .problems(let problems, let omitted):
            let lines = problems.map { problem in
                JSONNode.members([("line", .number(problem.line)), ("problem", .string(problem.cause))])
            }
            let error = JSONNode.members([
                ("code", .string("faulty-file")), ("reason", .string("nothing was imported")), ("problems", .array(lines)),
                ("omitted", .number(omitted)),
            ])
            return ExchangeAnswer(422, JSONNode.members([("error", error)]).json)
        case .unreadable(_, let reason): return answer(500, "unreadable", reason)
        case .registry(let failure): return answer(failure)
        }
    }

    package static func answer(_ status: Int, _ code: String, _ reason: String) -> ExchangeAnswer {
        let error = JSONNode.texts([("code", code), ("reason", reason)])
        return ExchangeAnswer(status, JSONNode.members([("error", error)]).json)
    }

    package static func failure(status: Int, _ node: JSONNode?) -> RemoteFailure {
        let error = node?["error"]
        return RemoteFailure(
            status: status, code: error?["code"]?.text ?? "", reason: error?["reason"]?.text ?? "the gateway answers \(status)")
    }

    package static func importFailure(status: Int, _ node: JSONNode?) -> ImportFailure {
        guard let error = node?["error"], let lines = error["problems"]?.elements else {
            return .registry(.remote(failure(status: status, node)))
        }
        let problems = lines.compactMap { line -> ImportProblem? in
            guard let number = line["line"]?.number, let cause = line["problem"]?.text else { return nil }
            return ImportProblem(line: number, fault: .told(cause))
        }
        return .problems(problems, omitted: error["omitted"]?.number ?? 0)
    }
}
