import Configuration
import HTTPClient

/// One call of a hook, and how it ended.
struct HookCall {
    struct Outcome: Hashable, Sendable {
        let isSuccess: Bool
        /// In a few words, for the receipt.
        let answer: String
    }

    private let hook: HookSettings
    private let isGivenUp: @Sendable () -> Bool

    init(_ hook: HookSettings, isGivenUp: @escaping @Sendable () -> Bool) {
        self.hook = hook
        self.isGivenUp = isGivenUp
    }

    func perform(_ json: String) -> Outcome {
        switch hook.action {
        case .webhook(let url): send(json, to: url)
        case .exec(let command): HookProgram(command).run(json, seconds: Double(hook.timeoutSeconds), isGivenUp: isGivenUp)
        }
    }

    /// Nobody reads what a webhook says beside its status.
    private static let answerOctetsMax = 64 << 10

    private func send(_ json: String, to url: String) -> Outcome {
        var request = HTTPRequest(
            .post, url, contentType: "application/json", body: .octets(Array(json.utf8)),
            timeoutSeconds: Double(hook.timeoutSeconds), answerOctetsMax: Self.answerOctetsMax)
        request.isGivenUp = isGivenUp
        do throws(HTTPFailure) {
            let answer = try HTTPCall.perform(request)
            return Outcome(isSuccess: answer.isSuccess, answer: "\(answer.status)")
        } catch {
            return Outcome(isSuccess: false, answer: "\(error)")
        }
    }
}
