import PKITypes

/// One deadline for each of many places, the earliest first: a binary heap that knows where each place stands, so that a
/// session that ends, or whose deadline moves, leaves nothing behind.
struct DeadlineQueue {
    private struct Deadline {
        var moment: UnixSeconds
        var place: UInt32
    }

    private static let absent = UInt32.max

    private var heap: [Deadline] = []
    /// By place.
    private var positions: [UInt32] = []

    init() {}

    var count: Int { heap.count }
    var earliest: UnixSeconds? { heap.first?.moment }

    /// Sets a place's only deadline: the last second that it has.
    mutating func set(_ place: UInt32, to moment: UnixSeconds) {
        while positions.count <= Int(place) { positions.append(Self.absent) }
        var position = Int(positions[Int(place)])
        if position == Int(Self.absent) {
            position = heap.count
            heap.append(Deadline(moment: moment, place: place))
        } else {
            heap[position].moment = moment
        }
        settle(position)
    }

    mutating func remove(_ place: UInt32) {
        guard Int(place) < positions.count, positions[Int(place)] != Self.absent else { return }
        let position = Int(positions[Int(place)])
        positions[Int(place)] = Self.absent
        let last = heap.removeLast()
        guard position < heap.count else { return }
        heap[position] = last
        settle(position)
    }

    /// Takes out a place whose last second is over.
    mutating func popDue(at now: UnixSeconds) -> UInt32? {
        guard let first = heap.first, first.moment < now else { return nil }
        remove(first.place)
        return first.place
    }

    /// Moves what stands at `start`, and maybe wrongly so, to where it belongs.
    private mutating func settle(_ start: Int) {
        var position = start
        let deadline = heap[position]
        while position > 0, deadline.moment < heap[(position - 1) / 2].moment {
            put(heap[(position - 1) / 2], at: position)
            position = (position - 1) / 2
        }
        while true {
            var child = 2 * position + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].moment < heap[child].moment { child += 1 }
            guard heap[child].moment < deadline.moment else { break }
            put(heap[child], at: position)
            position = child
        }
        put(deadline, at: position)
    }

    private mutating func put(_ deadline: Deadline, at position: Int) {
        heap[position] = deadline
        positions[Int(deadline.place)] = UInt32(position)
    }
}
