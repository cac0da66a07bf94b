import PKITypes

/// A laboratory certificate authority whose state is plain files in one directory.
package struct LabDirectory: Sendable {
    package let path: String
    package let root: LabCertificateAuthority
    package let issuing: LabCertificateAuthority

    /// The files, named as `Config/bench.yaml` names them.
    package enum File: String, CaseIterable, Sendable {
        case rootCertificate = "device-root.pem"
        case rootKey = "device-root.key"
        case issuingCertificate = "device-issuing.pem"
        case issuingKey = "device-issuing.key"
        case rootList = "root.crl"
        case issuingList = "issuing.crl"
        case serverCertificate = "server.pem"
        case serverKey = "server.key"
        case index = "index.txt"
        case listNumber = "crl-number.txt"
    }

    package enum ExistingFiles: Sendable { case refuse, replace }

    /// How long the lists of a new directory hold: longer than a trial, shorter than forgetting it.
    package static let firstListHours: Int64 = 30 * 24

    /// A root, an issuing authority, their lists, and a server certificate for this host.
    package static func create(
        at path: String, existing: ExistingFiles = .refuse, key kind: LabKey.Kind = .p256
    ) throws(LabPKIFailure) -> Self {
        try LabFile.makeDirectory(path)
        if existing == .refuse, let found = File.allCases.first(where: { LabFile.exists(Self.path(of: $0, in: path)) }) {
            throw .alreadyExists(path: Self.path(of: found, in: path))
        }
        let root = try LabCertificateAuthority(root: "Pulsegate Laboratory Root", key: kind)
        let issuing = try root.issueIntermediate("Pulsegate Laboratory Issuing CA", key: kind) {
            $0.basicConstraints = .authority(pathLength: 0)
        }
        let directory = Self(path: path, root: root, issuing: issuing)
        try root.certificate.key.write(to: directory.path(of: .rootKey))
        try root.certificate.write(to: directory.path(of: .rootCertificate))
        try issuing.certificate.key.write(to: directory.path(of: .issuingKey))
        try issuing.certificate.write(to: directory.path(of: .issuingCertificate))

        var index = LabIndex()
        index.add(issuing.certificate.indexEntry(issuer: .root, name: "issuing authority"))
        try LabFile.write(index.text, to: directory.path(of: .index), readers: .everyone)
        try LabFile.write("0\n", to: directory.path(of: .listNumber), readers: .everyone)

        let server = try issuing.issueServer(key: kind)
        try directory.keep(
            server, name: "server localhost", certificate: directory.path(of: .serverCertificate),
            key: directory.path(of: .serverKey)
        )
        try directory.writeRevocationLists(hours: firstListHours)
        return directory
    }

    /// The directory that ``create(at:existing:key:)`` made.
    package static func open(at path: String) throws(LabPKIFailure) -> Self {
        func authority(
            _ certificate: File, _ key: File, _ role: LabCertificateAuthority.Role
        ) throws(LabPKIFailure) -> LabCertificateAuthority {
            let key = try LabKey(pem: try LabFile.read(Self.path(of: key, in: path)))
            let pem = try LabFile.read(Self.path(of: certificate, in: path))
            return LabCertificateAuthority(certificate: try LabCertificate(pem: pem, key: key), role: role)
        }
        return Self(
            path: path,
            root: try authority(.rootCertificate, .rootKey, .root),
            issuing: try authority(.issuingCertificate, .issuingKey, .intermediate)
        )
    }

    package func path(of file: File) -> String { Self.path(of: file, in: path) }

    package func index() throws(LabPKIFailure) -> LabIndex {
        let path = path(of: .index)
        return try LabIndex(text: try LabFile.read(path), path: path)
    }

    /// Records `certificate` as issued, then writes it with its chain, and its key.
    package func keep(
        _ certificate: LabCertificate, name: String, certificate certificatePath: String, key keyPath: String
    ) throws(LabPKIFailure) {
        var index = try index()
        index.add(certificate.indexEntry(issuer: .issuing, name: name))
        // First the index: a certificate that nobody can revoke is worse than a line for one that was not written.
        try LabFile.write(index.text, to: path(of: .index), readers: .everyone)
        try certificate.key.write(to: keyPath)
        try certificate.write(to: certificatePath)
    }

    /// Revokes in the index; the lists say so once they are written again.
    package func revoke(
        serial: String, reason: RevocationReason, date: UnixSeconds = LabTime.now()
    ) throws(LabPKIFailure) -> LabIndex.Entry {
        var index = try index()
        let entry = try index.revoke(serial: serial, reason: reason, date: date)
        try LabFile.write(index.text, to: path(of: .index), readers: .everyone)
        return entry
    }

    /// Signs and writes both lists, with one number higher than the last, and returns that number.
    ///
    /// - Parameter extraEntries: not nil: the issuing authority's list is DER and names so many more certificates, of
    ///   ``LabSerialSequence/long(_:)``, that nobody issued: for measurements.
    @discardableResult
    package func writeRevocationLists(
        hours: Int64, thisUpdate: UnixSeconds = LabTime.now(), extraEntries: Int? = nil
    ) throws(LabPKIFailure) -> UInt64 {
        let index = try index()
        let number = try nextListNumber()
        for (authority, issuer, file) in [
            (root, LabIndex.Issuer.root, File.rootList), (issuing, .issuing, .issuingList),
        ] {
            let profile = LabRevocationListProfile(
                revoking: index.revokedEntries(of: issuer), number: number, thisUpdate: thisUpdate,
                nextUpdate: thisUpdate + hours * LabTime.secondsPerHour
            )
            if let extraEntries, issuer == .issuing {
                try authority.writeRevocationList(ofMany: extraEntries, profile, to: path(of: file))
            } else {
                try authority.revocationList(profile).write(to: path(of: file))
            }
        }
        return number
    }

    /// The number is spent before it is used: CRL numbers only grow (RFC 5280 §5.2.3).
    private func nextListNumber() throws(LabPKIFailure) -> UInt64 {
        let path = path(of: .listNumber)
        let text = try LabFile.read(path)
        guard let last = UInt64(text.filter { !$0.isWhitespace }), last < .max else { throw .malformedListNumber(path: path) }
        try LabFile.write("\(last + 1)\n", to: path, readers: .everyone)
        return last + 1
    }

    private static func path(of file: File, in directory: String) -> String { "\(directory)/\(file.rawValue)" }
}

extension LabCertificate {
    fileprivate func indexEntry(issuer: LabIndex.Issuer, name: String) -> LabIndex.Entry {
        LabIndex.Entry(serial: serialText, issuer: issuer, notAfter: validity.notAfter, name: name)
    }
}
