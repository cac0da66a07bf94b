import Synchronization

/// What several threads of a test saw, in the order in which they said so.
package final class Kept<Value: Sendable>: Sendable {
    private let kept = Mutex<[Value]>([])

    package init() {}

    package var values: [Value] { kept.withLock { $0 } }

    package func add(_ value: Value) { kept.withLock { $0.append(value) } }

    /// The values, once there are so many or the time is up.
    package func values(atLeast count: Int, within seconds: Double = 5) async throws -> [Value] {
        try await eventually(within: seconds) { values.count >= count }
        return values
    }
}
