/// Where a connection stands with the answers that its decision waits for.
struct AnswerWait {
    enum Step { case begin, isUnderWay, givenUp }

    /// A path has a handful of certificates, each in a handful of lists; and what was read may be forgotten again by a system
    /// that is short of memory.
    private static let maximumQuestions = 32

    private var count = 0
    private var isUnderWay = false

    mutating func next() -> Step {
        if isUnderWay { return .isUnderWay }
        guard count < Self.maximumQuestions else { return .givenUp }
        count += 1
        isUnderWay = true
        return .begin
    }

    mutating func ended() { isUnderWay = false }

    /// The decision was made.
    mutating func reset() { count = 0 }
}
