/// Lines of text for a terminal, in columns, none wider than can be read.
struct TextPage {
    static let width = 100
    private static let labelWidth = 10

    private(set) var text = ""

    mutating func blank() { text += "\n" }

    /// A line that continues below its own beginning.
    mutating func line(_ content: String, indent: Int = 0) { wrap(content, first: pad("", indent), next: pad("", indent + 2)) }

    /// A label and what belongs to it.
    mutating func row(_ label: String, _ content: String, indent: Int = 2) {
        let head = pad("", indent) + pad(label, Self.labelWidth)
        wrap(content, first: head, next: pad("", head.count))
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(text.isEmpty || text.count < width ? 0 : 1, width - text.count))
    }

    /// Breaks at spaces; a word that is too long stays whole, so that it can be copied.
    private mutating func wrap(_ content: String, first: String, next: String) {
        var line = first
        var isEmpty = true
        for word in content.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > Self.width {
                text += line + "\n"
                line = next
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        text += line + "\n"
    }
}
