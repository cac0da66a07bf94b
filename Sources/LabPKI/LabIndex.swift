import PKITypes

/// The certificates that a laboratory directory issued, one a line, to be read and mended with an editor.
package struct LabIndex: Hashable, Sendable {
    package enum Issuer: String, Sendable { case root, issuing }

    package struct Revocation: Hashable, Sendable {
        package let date: UnixSeconds
        package let reason: RevocationReason
    }

    package struct Entry: Hashable, Sendable {
        /// Upper-case hexadecimal.
        package let serial: String
        package let issuer: Issuer
        package let notAfter: UnixSeconds
        package let name: String
        package fileprivate(set) var revocation: Revocation?

        package init(serial: String, issuer: Issuer, notAfter: UnixSeconds, name: String) {
            self.serial = serial
            self.issuer = issuer
            self.notAfter = notAfter
            // A name may come from a command line; a tab or a line break in it would forge fields.
            self.name = String(name.map { $0.isNewline || $0 == "\t" ? " " : $0 })
        }
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    package mutating func add(_ entry: Entry) { entries.append(entry) }

    /// Accepts the serial in either case.
    package mutating func revoke(
        serial: String, reason: RevocationReason, date: UnixSeconds
    ) throws(LabPKIFailure) -> Entry {
        let wanted = serial.uppercased()
        guard let position = entries.firstIndex(where: { $0.serial == wanted }) else { throw .unknownSerial(wanted) }
        guard entries[position].revocation == nil else { throw .alreadyRevoked(serial: wanted) }
        entries[position].revocation = Revocation(date: date, reason: reason)
        return entries[position]
    }

    package func revokedEntries(of issuer: Issuer) -> [LabRevokedEntry] {
        entries.compactMap { entry in
            guard entry.issuer == issuer, let revocation = entry.revocation else { return nil }
            let serial = Self.octets(entry.serial) ?? []
            // "the reason code CRL entry extension SHOULD be absent instead of using unspecified" (RFC 5280 §5.3.1).
            let reason = revocation.reason == .unspecified ? nil : revocation.reason
            return LabRevokedEntry(serial: serial, reason: reason, date: revocation.date)
        }
    }

    package var text: String {
        let header = "# serial\tissuer\tnotAfter\tstatus (valid, or revoked reason date)\tname\n"
        return entries.reduce(into: header) { text, entry in
            let status =
                entry.revocation.map { "revoked \($0.reason.name) \(LabTime.text($0.date))" } ?? "valid"
            let fields = [entry.serial, entry.issuer.rawValue, LabTime.text(entry.notAfter), status, entry.name]
            text += fields.joined(separator: "\t") + "\n"
        }
    }

    /// `path` is for the message about a line that does not parse.
    package init(text: String, path: String) throws(LabPKIFailure) {
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let entry = Self.entry(line) else { throw .malformedIndex(path: path, line: number + 1) }
            entries.append(entry)
        }
    }

    private static func entry(_ line: Substring) -> Entry? {
        let fields = line.split(separator: "\t", maxSplits: 4, omittingEmptySubsequences: false).map { String($0) }
        guard fields.count == 5, octets(fields[0]) != nil, let issuer = Issuer(rawValue: fields[1]),
            let notAfter = LabTime.moment(fields[2])
        else { return nil }
        var entry = Entry(serial: fields[0].uppercased(), issuer: issuer, notAfter: notAfter, name: fields[4])
        if fields[3] == "valid" { return entry }
        let status = fields[3].split(separator: " ")
        guard status.count == 3, status[0] == "revoked", let date = LabTime.moment(String(status[2])),
            let reason = RevocationReason.allCases.first(where: { $0.name == status[1] })
        else { return nil }
        entry.revocation = Revocation(date: date, reason: reason)
        return entry
    }

    private static func octets(_ hexadecimal: String) -> [UInt8]? {
        let digits = hexadecimal.compactMap { $0.isASCII ? $0.hexDigitValue.map { UInt8($0) } : nil }
        guard digits.count == hexadecimal.count, !digits.isEmpty, digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
