import PKITypes

/// A period in which a device may connect, as it is granted to a vendor's laptop. It counts where a policy says
/// `between: granted`: there a device without any is refused.
package struct TimeWindow: Hashable, Sendable {
    package let from: UnixSeconds
    /// The last second that belongs to it.
    package let until: UnixSeconds

    /// Nil when it would end before it begins.
    package init?(from: UnixSeconds, until: UnixSeconds) {
        guard from <= until else { return nil }
        self.from = from
        self.until = until
    }

    /// As files and the history have it.
    package init?(text: String) {
        let ends = text.split(separator: "/").compactMap { UnixSeconds(text: $0) }
        guard ends.count == 2 else { return nil }
        self.init(from: ends[0], until: ends[1])
    }

    package var text: String { "\(from.text)/\(until.text)" }

    package func contains(_ moment: UnixSeconds) -> Bool { from <= moment && moment <= until }
}
