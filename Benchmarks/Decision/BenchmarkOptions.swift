/// What the command line asks for.
struct BenchmarkOptions {
    struct Unknown: Error { let argument: String }

    enum Size { case usual, large }

    /// `--large`: a list of ten million entries, too.
    private(set) var size = Size.usual
    /// `--only TEXT`: the sections whose titles contain it.
    private(set) var only: String?
    /// `--count-instructions CALLS`: one decision so often and nothing else, for callgrind.
    private(set) var callsToCount: Int?

    init(_ arguments: some Sequence<String>) throws(Unknown) {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--large": size = .large
            case "--only":
                guard let text = rest.popFirst() else { throw Unknown(argument: argument) }
                only = text
            case "--count-instructions":
                guard let calls = rest.popFirst().flatMap({ Int($0) }) else { throw Unknown(argument: argument) }
                callsToCount = calls
            default: throw Unknown(argument: argument)
            }
        }
    }

    func wants(_ title: String) -> Bool { only.map { title.contains($0) } ?? true }
}
