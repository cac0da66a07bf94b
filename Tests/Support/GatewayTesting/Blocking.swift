import EventLoop

/// Runs code that waits on a thread of its own, so that the cooperative pool stays free for those who are waited for.
package func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        _ = LoopThread.spawn(name: "blocking") { continuation.resume(with: Result { try body() }) }
    }
}

/// Runs as many bodies at once, each on a thread of its own; the results stand in the bodies' order.
package func atOnce<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (_ index: Int) throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
        for index in 0..<count { group.addTask { (index, try await blocking { try body(index) }) } }
        var results: [Int: Value] = [:]
        for try await (index, value) in group { results[index] = value }
        return (0..<count).compactMap { results[$0] }
    }
}
