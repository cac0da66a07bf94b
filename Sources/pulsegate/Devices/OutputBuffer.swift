import ArgumentParser
import Glibc

/// Lines for standard output or a file, written in large pieces: a list may have a million.
final class OutputBuffer {
    private let descriptor: Int32
    private var octets: [UInt8] = []
    private var failure: Int32?

    private static let pieceOctets = 1 << 18

    init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
        octets.reserveCapacity(Self.pieceOctets + 4096)
        // A reader that has seen enough, as `head`, ends the list and not the process.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Whether anybody reads.
    var isOpen: Bool { failure == nil }

    func line(_ text: String) {
        octets += text.utf8
        octets.append(UInt8(ascii: "\n"))
        if octets.count >= Self.pieceOctets { flush() }
    }

    /// A reader that went away is no failure.
    func finish() throws {
        flush()
        guard let failure, failure != EPIPE else { return }
        throw CommandOutput.couldNot("output: \(String(cString: strerror(failure)))")
    }

    /// What somebody wrote into a record neither breaks a line nor speaks to the terminal.
    static func singleLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }

    private func flush() {
        var rest = octets[...]
        while !rest.isEmpty, failure == nil {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 { if errno != EINTR { failure = errno } } else { rest = rest.dropFirst(count) }
        }
        octets.removeAll(keepingCapacity: true)
    }
}
