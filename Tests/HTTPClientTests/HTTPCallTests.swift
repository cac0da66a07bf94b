import HTTPClient
import Testing

@Suite("Outbound HTTP")
struct HTTPCallTests {
    @Test("Nobody there is told apart from an answer that went wrong")
    func nobody() {
        #expect(throws: HTTPFailure.self) {
            try HTTPCall.perform(HTTPRequest(.get, "http://gateway/", socketPath: "/nonexistent/socket", timeoutSeconds: 2))
        }
    }
}
