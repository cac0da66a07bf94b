/// What a search for paths met besides those that it offered.
package struct SearchRecord: Hashable, Sendable {
    /// Where it got no further.
    package var deadEnds: [DeadEnd]
    /// Paths that are valid to us and not to the second judge: passed over, and to be told.
    package var disagreements: [PathDisagreement]

    package init(deadEnds: [DeadEnd] = [], disagreements: [PathDisagreement] = []) {
        self.deadEnds = deadEnds
        self.disagreements = disagreements
    }
}
