import Configuration
import Glibc
import Logging
import PKITypes

/// Writes each log message as one line to standard error: JSON, or text for people. One `write` a line, so that lines of
/// several threads do not mix.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let format: LogSettings.Format

    package init(_ settings: LogSettings) {
        format = settings.format
        logLevel =
            switch settings.level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = event.metadata ?? [:]
        if !metadata.isEmpty { fields.merge(metadata) { event, _ in event } }
        write(event.level, event.message.description, LogFields(fields))
    }

    /// As ``log(event:)``, for what is written at every decision.
    func write(_ level: Logger.Level, _ message: String, _ fields: LogFields) {
        var text = line(level, message, fields, at: LogTime.now())
        text += "\n"
        Self.write(text)
    }

    /// Without its line end.
    func line(_ level: Logger.Level, _ message: String, _ fields: LogFields, at time: String) -> String {
        let fields = fields.inOrder
        var line = ""
        line.reserveCapacity(512)
        switch format {
        case .json:
            line += "{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"message\":\(JSONText.quoted(message))"
            for (key, value) in fields {
                line += ",\""
                line += JSONText.escaped(key)
                line += "\":\""
                line += JSONText.escaped(value)
                line += "\""
            }
            line += "}"
        case .text:
            line += "\(time) \(level.rawValue) \(JSONText.escaped(message))"
            for (key, value) in fields {
                line += " "
                line += key
                line += "="
                line += Self.word(value)
            }
        }
        return line
    }

    /// Values with spaces are quoted, so that `key=value` can be cut apart again.
    private static func word(_ text: String) -> String {
        text.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "=") } || text.isEmpty
            ? JSONText.quoted(text) : JSONText.escaped(text)
    }

    private static func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(STDERR_FILENO, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                // A log that nobody reads must not stop the gateway.
                if count < 0, errno != EINTR { return }
                sent += max(0, count)
            }
        }
    }
}

/// Text as JSON writes it (RFC 8259 §7). Control characters and line ends cannot get through: what devices put into
/// certificates must not forge log lines.
package enum JSONText {
    package static func quoted(_ text: String) -> String { "\"" + escaped(text) + "\"" }

    package static func escaped(_ text: String) -> String {
        // Nearly every value is plain: Unicode properties are looked up only where something else occurs.
        if text.utf8.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            return text
        }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _
            where scalar.value < 0x20 || scalar.value == 0x7f || (0x80...0x9f).contains(scalar.value)
                || scalar.properties.isBidiControl || scalar.value == 0x2028 || scalar.value == 0x2029:
                let octets = [UInt8(truncatingIfNeeded: scalar.value >> 8), UInt8(truncatingIfNeeded: scalar.value)]
                result += "\\u" + Hexadecimal.lowerCase(octets)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

enum LogTime {
    /// RFC 3339, UTC, milliseconds.
    static func now() -> String {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        var parts = tm()
        gmtime_r(&moment.tv_sec, &parts)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func put(_ number: some BinaryInteger, _ width: Int, then mark: Unicode.Scalar) {
            var divisor = 1
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                text.append(UInt8(ascii: "0") + UInt8(Int(number) / divisor % 10))
                divisor /= 10
            }
            text.append(UInt8(ascii: mark))
        }
        put(parts.tm_year + 1900, 4, then: "-")
        put(parts.tm_mon + 1, 2, then: "-")
        put(parts.tm_mday, 2, then: "T")
        put(parts.tm_hour, 2, then: ":")
        put(parts.tm_min, 2, then: ":")
        put(parts.tm_sec, 2, then: ".")
        put(moment.tv_nsec / 1_000_000, 3, then: "Z")
        return String(decoding: text, as: UTF8.self)
    }
}
