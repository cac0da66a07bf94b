import PKITypes

/// When time alone changes what lists say: the seconds in which one of them begins to speak, or stops to clear whom it does not
/// name. Ascending.
struct ListMoments: Sendable {
    private let moments: [UnixSeconds]

    init(_ lists: [IndexedList], _ anchors: [String: TrustAnchorEntry], clockSkewSeconds: Int64) {
        let anchorsWithDeltas = Set(lists.filter { $0.deltaBase != nil }.map(\.anchorEntry))
        moments = Set(
            lists.flatMap { list -> [UnixSeconds] in
                guard let anchor = anchors[list.anchorEntry] else { return [] }
                var moments = [list.thisUpdate + -clockSkewSeconds]
                let stale = anchor.revocation.stale
                if let grace = stale.liveSessionGraceSeconds { moments.append(list.nextUpdate + grace + 1) }
                // What clears a certificate may be a base whose delta does not fit, or a delta that lifts what the base says.
                if anchorsWithDeltas.contains(list.anchorEntry) { moments.append(list.nextUpdate + 1) }
                return moments
            }
        ).sorted()
    }

    func next(after now: UnixSeconds) -> UnixSeconds? {
        var (low, high) = (0, moments.count)
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] > now { high = middle } else { low = middle + 1 }
        }
        return low < moments.count ? moments[low] : nil
    }
}
