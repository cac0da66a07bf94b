import PKITypes

/// A question of an operator to a loop, answered page by page: a loop with ten thousand sessions serves between two pages.
package struct LoopInquiry: Sendable {
    package struct Page: Sendable {
        package let sessions: [SessionFacts]
        /// Where the next page begins; nil: there is none.
        package let next: Int?
    }

    package enum Wish: Sendable {
        case describe
        /// Ends them, and tells which were told to end.
        case close
    }

    let wish: Wish
    let selection: SessionSelection
    let start: Int
    let answer: @Sendable (Page) -> Void

    /// A page takes a loop about a tenth of a millisecond.
    static let placesInPage = 512

    /// - Parameters:
    ///   - start: of the page, among the places of the live sessions.
    ///   - answer: called from the loop; must not block.
    package init(
        _ wish: Wish, _ selection: SessionSelection, from start: Int, answer: @escaping @Sendable (Page) -> Void
    ) {
        self.wish = wish
        self.selection = selection
        self.start = start
        self.answer = answer
    }
}
