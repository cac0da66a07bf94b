import PKITypes

/// How far the clocks of a time zone are ahead of UTC, and when that changes.
package struct ZoneOffsets: Hashable, Sendable {
    package struct Change: Hashable, Sendable {
        package let moment: UnixSeconds
        /// Seconds ahead of UTC from then on.
        package let offset: Int64

        package init(moment: UnixSeconds, offset: Int64) {
            self.moment = moment
            self.offset = offset
        }
    }

    private let first: Int64
    /// Ascending.
    private let changes: [Change]

    /// - Parameters:
    ///   - first: seconds ahead of UTC before the first change.
    ///   - changes: ascending; after the last of them nothing changes any more.
    package init(first: Int64, changes: [Change] = []) {
        self.first = first
        self.changes = changes
    }

    package static let utc = Self(first: 0)

    package func offset(at now: UnixSeconds) -> Int64 {
        let position = position(after: now)
        return position == 0 ? first : changes[position - 1].offset
    }

    package func nextChange(after now: UnixSeconds) -> UnixSeconds? {
        let position = position(after: now)
        return position < changes.count ? changes[position].moment : nil
    }

    /// Of the first change that is still to come.
    private func position(after now: UnixSeconds) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].moment > now { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
