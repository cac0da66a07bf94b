import COpenSSL
import COpenSSLShims

/// The calling thread's queue of OpenSSL errors: cleared before a call, taken right after it, never read in between.
package enum OpenSSLErrorQueue {
    package struct Entry: Hashable, Sendable {
        package let library: Int32
        package let reason: Int32
        package let text: String

        /// OpenSSL reports the end of a text of PEM blocks as an error, as it does a block that is broken.
        package var isEndOfPEM: Bool { library == ERR_LIB_PEM && reason == PEM_R_NO_START_LINE }
    }

    package static func clear() { ERR_clear_error() }

    /// The oldest error, which names the cause; later ones are its consequences. Empties the queue.
    package static func take() -> Entry? {
        defer { ERR_clear_error() }
        return peek()
    }

    /// The same without emptying the queue.
    package static func peek() -> Entry? {
        let code = ERR_peek_error()
        guard code != 0 else { return nil }
        let text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
        return Entry(
            library: COpenSSLShims_error_library(code),
            reason: COpenSSLShims_error_reason(code),
            text: text
        )
    }

    package static func takeText() -> String { take()?.text ?? "no cause given" }
}
