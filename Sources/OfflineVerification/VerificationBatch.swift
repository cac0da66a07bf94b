import Glibc
import PKITypes

/// Batch mode: one JSON job per line in, one JSON answer per line out, at once and in order.
package enum VerificationBatch {
    /// Octets. A job with a list of a million entries in PEM fits; without a bound, a line without an end would fill the memory.
    package static let maximumLineOctets = 64 << 20

    /// Why a batch ended early.
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case unreadable(errno: Int32)
        case unwritable(errno: Int32)

        package var description: String {
            switch self {
            case .unreadable(let code): "jobs cannot be read: \(String(cString: strerror(code)))"
            case .unwritable(let code): "answers cannot be written: \(String(cString: strerror(code)))"
            }
        }
    }

    /// Runs until the end of `input`.
    package static func run(
        input: Int32, output: Int32, maximumLineOctets: Int = maximumLineOctets
    ) throws(Failure) {
        var reader = BatchLineReader(descriptor: input, limit: maximumLineOctets)
        while true {
            let line: BatchLineReader.Line?
            do { line = try reader.next() } catch { throw .unreadable(errno: error.code) }
            switch line {
            case nil: return
            case .tooLong: try write(complaint(.lineTooLong(limit: maximumLineOctets), id: .null), to: output)
            case .complete(let octets) where octets.allSatisfy(isBlank): break
            case .complete(let octets): try write(answer(octets), to: output)
            }
        }
    }

    /// The answer to one line, without a line end.
    package static func answer(_ line: [UInt8]) -> String {
        guard let value = JSONLine.value(line) else { return complaint(.notJSON, id: .null) }
        guard case .object(let members) = value else { return complaint(.notAnObject(found: value.typeName), id: .null) }
        let id = members["id"] ?? .null
        do throws(VerificationJobFailure) {
            return OfflineVerifier.answer(try VerificationJob(members)).json(id: id)
        } catch {
            return complaint(error, id: id)
        }
    }

    private static func complaint(_ failure: VerificationJobFailure, id: JSONValue) -> String {
        JSONLine.text(.object(["id": id, "error": .string(failure.description)]))
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 || octet == 0x0d }

    private static func write(_ text: String, to descriptor: Int32) throws(Failure) {
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .unwritable(errno: errno) }
            rest = rest.dropFirst(count)
        }
    }
}
