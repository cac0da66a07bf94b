/// Tells how far the load of a file of lists is, when it takes long: now and then, and nothing of a load that is soon over.
package struct LoadProgress {
    package struct Report: Hashable, Sendable {
        package let file: String
        package let octets: Int
        /// Of the whole file.
        package let expectedOctets: Int
        package let entries: Int

        package var percent: Int { expectedOctets == 0 ? 100 : octets * 100 / expectedOctets }
    }

    /// Between two reports, and before the first.
    package static let interval = Duration.seconds(2)

    private let clock: () -> ContinuousClock.Instant
    private let report: (Report) -> Void
    private var next: ContinuousClock.Instant

    /// For one file, from now on.
    package init(
        clock: @escaping () -> ContinuousClock.Instant = { ContinuousClock.now }, report: @escaping (Report) -> Void
    ) {
        self.clock = clock
        self.report = report
        next = clock() + Self.interval
    }

    mutating func note(octets: Int, of expectedOctets: Int, entries: Int, file: String) {
        let now = clock()
        guard now >= next else { return }
        next = now + Self.interval
        report(Report(file: file, octets: octets, expectedOctets: expectedOctets, entries: entries))
    }
}
