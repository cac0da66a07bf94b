import CYAML

/// The events of a YAML text as libyaml reads them; the only place that touches libyaml.
struct YAMLEventStream: ~Copyable {
    enum Event: Hashable {
        case documentStart
        case documentEnd
        case streamEnd
        case alias(String)
        case scalar(String, anchor: String?)
        case sequenceStart(anchor: String?)
        case sequenceEnd
        case mappingStart(anchor: String?)
        case mappingEnd
    }

    struct Failure: Error, Hashable {
        var problem: String
        var position: SourcePosition
    }

    // libyaml keeps pointers to both, so they are allocated once and never move.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ octets: [UInt8]) {
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: octets.count)
        _ = input.initialize(from: octets)
        // It fails only when memory is exhausted, where Swift's own allocations trap as well.
        precondition(yaml_parser_initialize(parser) == 1, "libyaml found no memory for a parser")
        // Fixed, so that a UTF-16 file is an error with a place and not a second way to write a configuration.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    mutating func next() throws(Failure) -> (event: Event, position: SourcePosition) {
        while true {
            var raw = yaml_event_t()
            guard yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
            defer { yaml_event_delete(&raw) }
            if let event = Self.event(raw) { return (event, Self.position(raw.start_mark)) }
        }
    }

    private static func event(_ raw: yaml_event_t) -> Event? {
        switch raw.type {
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_STREAM_END_EVENT: .streamEnd
        case YAML_ALIAS_EVENT: .alias(text(raw.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            .scalar(
                String(decoding: UnsafeBufferPointer(start: raw.data.scalar.value, count: raw.data.scalar.length), as: UTF8.self),
                anchor: text(raw.data.scalar.anchor)
            )
        case YAML_SEQUENCE_START_EVENT: .sequenceStart(anchor: text(raw.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: .sequenceEnd
        case YAML_MAPPING_START_EVENT: .mappingStart(anchor: text(raw.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: .mappingEnd
        default: nil
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private static func position(_ mark: yaml_mark_t) -> SourcePosition {
        SourcePosition(line: mark.line + 1, column: mark.column + 1)
    }

    /// libyaml's words, with what the writer did: it stumbles over the consequence, often a line further down.
    private func explained(_ problem: String) -> String {
        let (mark, begin) = (parser.pointee.problem_mark, parser.pointee.context_mark)
        let lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if mark.line < lines.count,
            String(decoding: lines[mark.line], as: UTF8.self).unicodeScalars.dropFirst(mark.column).first == "\t"
        {
            return "a tab, expected spaces"
        }
        let hint = problem == "did not find expected key" ? "; is this line indented like its neighbours?" : ""
        guard let context = parser.pointee.context.map({ String(cString: $0) }), begin.line < mark.line else {
            return problem + hint
        }
        return "\(problem) \(context) that begins on line \(begin.line + 1)\(hint)"
    }

    private func failure() -> Failure {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "cannot be read"
        // A reader error (bad UTF-8) has an offset in bytes and no mark.
        guard parser.pointee.error == YAML_READER_ERROR else {
            return Failure(problem: explained(problem), position: Self.position(parser.pointee.problem_mark))
        }
        let before = input.prefix(parser.pointee.problem_offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
        return Failure(problem: problem, position: SourcePosition(line: line, column: column))
    }
}
