import Foundation
import Logging
import Testing

@testable import Configuration
@testable import Gateway

@Suite("A log line cannot be forged by what stands in it")
struct LineLogHandlerTests {
    private static let time = "2026-11-23T15:04:05.678Z"

    private static func handler(_ format: LogSettings.Format) -> LineLogHandler {
        LineLogHandler(LogSettings(format: format, level: .info))
    }

    @Test("JSON: time, level and message first, then the fields by name")
    func json() {
        let line = Self.handler(.json).line(.warning, "refused", ["source": "10.0.0.1:5", "reason": "revoked"], at: Self.time)
        let head = "{\"time\":\"\(Self.time)\",\"level\":\"warning\",\"message\":\"refused\","
        #expect(line == head + "\"reason\":\"revoked\",\"source\":\"10.0.0.1:5\"}")
    }

    @Test("Both formats: reason, device, source and decision first, the others by name", arguments: LogSettings.Format.allCases)
    func order(_ format: LogSettings.Format) {
        let keys = ["reason", "device", "source", "decision", "again", "list", "zone"]
        var fields = LogFields()
        for key in keys.reversed() { fields[key] = "v" }
        let line = Self.handler(format).line(.info, "refused", fields, at: Self.time)
        let json = keys.map { "\"\($0)\":\"v\"" }.joined(separator: ",") + "}"
        let written = format == .json ? json : keys.map { "\($0)=v" }.joined(separator: " ")
        #expect(line.hasSuffix(written), "\(line)")
    }

    @Test("Text: key=value, in quotes where a value could be taken for more than one")
    func text() {
        let fields: LogFields = [
            "a": "plain", "b": "two words", "c": "x=y", "d": "say \"hi\"", "e": "", "f": "back\\slash", "g": "line\nend",
        ]
        let line = Self.handler(.text).line(.info, "refused", fields, at: Self.time)
        let words = #"a=plain b="two words" c="x=y" d="say \"hi\"" e="" f=back\\slash g="line\u000aend""#
        #expect(line == "\(Self.time) info refused \(words)")
    }

    @Test(
        "Both formats: control characters, line ends and direction marks are written as numbers",
        arguments: [
            ("\n", "\\u000a"), ("\r", "\\u000d"), ("\t", "\\u0009"), ("\0", "\\u0000"), ("\u{1b}", "\\u001b"),
            ("\u{7f}", "\\u007f"),
            ("\u{85}", "\\u0085"), ("\u{9b}", "\\u009b"), ("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029"),
            ("\u{202e}", "\\u202e"),
            ("\u{2066}", "\\u2066"), ("\u{200f}", "\\u200f"), ("\u{61c}", "\\u061c"), ("\"", "\\\""), ("\\", "\\\\"),
        ])
    func escapes(_ text: String, _ escaped: String) {
        #expect(JSONText.escaped("a\(text)b") == "a\(escaped)b")
        for format in LogSettings.Format.allCases {
            let line = Self.handler(format).line(.info, "m\(text)", ["k": "v\(text)"], at: Self.time)
            #expect(line.contains("m\(escaped)"))
            #expect(line.contains("v\(escaped)"))
        }
    }

    @Test("Letters of any script stay what they are", arguments: ["Gerät 7", "Пульс", "心電図", "🫀", "ß"])
    func letters(_ text: String) {
        #expect(JSONText.quoted(text) == "\"\(text)\"")
    }

    @Test("Whatever stands in it, a JSON line reads back as the same fields")
    func readsBack() throws {
        let nasty = (0..<0x300).compactMap { UnicodeScalar($0) }.map { Character($0) } + ["\u{2028}", "\u{202e}", "\u{10ffff}"]
        let value = String(nasty)
        let line = Self.handler(.json).line(.error, value, ["key": value], at: Self.time)
        let fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        #expect(fields["message"] == value)
        #expect(fields["key"] == value)
        #expect(fields.count == 4)
    }

    @Test("The time is RFC 3339, in UTC, with milliseconds")
    func now() throws {
        let text = LogTime.now()
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let moment = try style.parse(text)
        #expect(abs(moment.timeIntervalSinceNow) < 60)
        #expect(text.count == Self.time.count)
        #expect(text.hasSuffix("Z"))
    }
}
