/// Builds the tree of a YAML text from its events and reports what this configuration language leaves out: anchors,
/// aliases, merge keys, repeated keys, several documents. It goes on after each, so that one run finds them all.
struct YAMLComposer: ~Copyable {
    private var events: YAMLEventStream
    private var nodeCount = 0
    private(set) var problems: [(DocumentProblem, SourcePosition)] = []

    init(_ octets: [UInt8]) { events = YAMLEventStream(octets) }

    /// The tree of the first document, and every problem of the whole text. No tree when the text is not YAML: half a
    /// tree would be reported as missing keys.
    static func compose(_ octets: [UInt8]) -> (root: YAMLNode?, problems: [(DocumentProblem, SourcePosition)]) {
        guard octets.count <= ConfigurationLimits.mostBytes else { return (nil, [(.tooLarge(bytes: octets.count), .start)]) }
        var composer = Self(octets)
        do {
            let root = try composer.documents()
            return (root, composer.problems)
        } catch let failure {
            let problem = DocumentProblem.notYAML(failure.problem)
            return (nil, composer.problems + [(problem, failure.position)])
        }
    }

    private mutating func documents() throws(YAMLEventStream.Failure) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let (event, position) = try events.next()
            guard event != .streamEnd else { break }
            guard event == .documentStart else { continue }
            if root != nil { problems.append((.severalDocuments, position)) }
            let (first, place) = try events.next()
            let document = try node(first, at: place, level: 1)
            root = root ?? document
        }
        if root == nil { problems.append((.emptyDocument, .start)) }
        return root
    }

    private mutating func node(
        _ event: YAMLEventStream.Event, at position: SourcePosition, level: Int
    ) throws(YAMLEventStream.Failure) -> YAMLNode {
        nodeCount += 1
        if nodeCount == ConfigurationLimits.mostNodes { problems.append((.tooManyNodes, position)) }
        let isUsable = nodeCount < ConfigurationLimits.mostNodes
        switch event {
        case .scalar(let text, let anchor):
            reportAnchor(anchor, at: position)
            return YAMLNode(content: .scalar(text), position: position)
        case .alias(let name):
            problems.append((.alias(name), position))
            return YAMLNode(content: .unusable, position: position)
        case .sequenceStart(let anchor):
            reportAnchor(anchor, at: position)
            guard level <= ConfigurationLimits.deepestLevel else { return try skip(from: position) }
            let items = try sequence(level: level)
            return YAMLNode(content: isUsable ? .sequence(items) : .unusable, position: position)
        case .mappingStart(let anchor):
            reportAnchor(anchor, at: position)
            guard level <= ConfigurationLimits.deepestLevel else { return try skip(from: position) }
            let entries = try mapping(level: level)
            return YAMLNode(content: isUsable ? .mapping(entries) : .unusable, position: position)
        case .documentStart, .documentEnd, .streamEnd, .sequenceEnd, .mappingEnd:
            preconditionFailure("libyaml gave \(event) where a node begins")
        }
    }

    private mutating func sequence(level: Int) throws(YAMLEventStream.Failure) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let (event, position) = try events.next()
            if event == .sequenceEnd { return items }
            items.append(try node(event, at: position, level: level + 1))
        }
    }

    private mutating func mapping(level: Int) throws(YAMLEventStream.Failure) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var seen: [String: SourcePosition] = [:]
        while true {
            let (event, position) = try events.next()
            if event == .mappingEnd { return entries }
            let key = try node(event, at: position, level: level + 1)
            let (valueEvent, valuePosition) = try events.next()
            let value = try node(valueEvent, at: valuePosition, level: level + 1)
            guard case .scalar(let name) = key.content else {
                if key.content != .unusable { problems.append((.keyNotText(found: key.described), position)) }
                continue
            }
            guard name != "<<" else {
                problems.append((.mergeKey, position))
                continue
            }
            if let first = seen[name] { problems.append((.duplicateKey(name, firstLine: first.line), position)) }
            entries.append(.init(key: name, keyPosition: position, value: value, isRepetition: seen[name] != nil))
            seen[name] = seen[name] ?? position
        }
    }

    /// Reads on to the end of a list or mapping that stands too deep, counting instead of recursing: a text's depth must
    /// not be the stack's.
    private mutating func skip(from position: SourcePosition) throws(YAMLEventStream.Failure) -> YAMLNode {
        problems.append((.tooDeep, position))
        var open = 1
        while open > 0 {
            let (event, place) = try events.next()
            guard open <= ConfigurationLimits.mostSkippedLevels else {
                throw YAMLEventStream.Failure(problem: "nested without an end", position: place)
            }
            switch event {
            case .sequenceStart, .mappingStart: open += 1
            case .sequenceEnd, .mappingEnd: open -= 1
            case .scalar, .alias: break
            case .documentStart, .documentEnd, .streamEnd: preconditionFailure("libyaml ended a document inside a node")
            }
        }
        return YAMLNode(content: .unusable, position: position)
    }

    private mutating func reportAnchor(_ anchor: String?, at position: SourcePosition) {
        if let anchor { problems.append((.anchor(anchor), position)) }
    }
}
