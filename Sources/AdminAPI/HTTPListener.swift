import FlyingFox
import FlyingSocks

/// An HTTP server that listens, and the task that it runs in.
final class HTTPListener: Sendable {
    struct Failure: Error, Hashable, Sendable {
        /// The operating system's words where it gave any.
        let reason: String

        init(_ cause: any Error) {
            if case SocketError.failed(_, _, let message)? = cause as? SocketError {
                reason = message
            } else {
                reason = "\(cause)"
            }
        }
    }

    let server: HTTPServer
    private let task: Task<Void, any Error>

    /// Returns once the server listens.
    init(_ server: HTTPServer) async throws(Failure) {
        self.server = server
        task = Task { try await server.run() }
        try await waitUntilListening()
    }

    /// - Parameter seconds: for answers that are on their way.
    func stop(withinSeconds seconds: Double = 0) async {
        await server.stop(timeout: seconds)
        task.cancel()
    }

    private func waitUntilListening() async throws(Failure) {
        let listening = Task { [server] in try await server.waitUntilListening(timeout: 5) }
        let failing = Task { [task] in
            // Ends early only when the address cannot be had.
            _ = await task.result
            listening.cancel()
        }
        defer { failing.cancel() }
        do { try await listening.value } catch {
            let cause: any Error
            task.cancel()
            do {
                try await task.value
                cause = error
            } catch { cause = error }
            throw Failure(cause)
        }
    }
}
