import PKITypes

/// A revocation list that is written as it is made: however many entries it has, a few of them are in memory.
///
/// Entries stand in no order, were revoked in the course of a year, and every tenth says why, as public lists of that size do.
private struct LabListFile {
    private static let blockEntries = 4096
    private static let reasonEvery = 10
    /// SEQUENCE's tag and length, each entry being shorter than 128 octets, then INTEGER's.
    private static let serialOffset = 4
    private static let timeOffset = serialOffset + LabSerialSequence.longOctets

    private let count: Int
    private let serials: LabSerialSequence
    private let before: [UInt8]
    private let named: [UInt8]
    private let after: [UInt8]
    private let plain: [UInt8]
    private let reasoned: [UInt8]
    private let times: [[UInt8]]

    /// - Parameters:
    ///   - before: the fields before the entries, encoded.
    ///   - named: entries, encoded, before the many.
    ///   - after: the field behind the entries, encoded.
    init(
        count: Int, serials: LabSerialSequence, thisUpdate: UnixSeconds, before: [UInt8], named: [UInt8], after: [UInt8]
    ) {
        self.count = count
        self.serials = serials
        self.before = before
        self.named = named
        self.after = after
        let zero = [UInt8](repeating: 0, count: LabSerialSequence.longOctets)
        plain = LabRevokedEntry(serial: zero).der(thisUpdate: thisUpdate)
        reasoned = LabRevokedEntry(serial: zero, reason: .superseded).der(thisUpdate: thisUpdate)
        let step = 365 * LabTime.secondsPerDay / Int64(Self.blockEntries)
        times = (0..<Self.blockEntries).map { LabTime.der(thisUpdate + -Int64($0 * 1_597 % Self.blockEntries) * step) }
    }

    /// The tbsCertList, piece by piece.
    func pieces(_ take: ([UInt8]) throws(LabPKIFailure) -> Void) throws(LabPKIFailure) {
        let reasons = (count + Self.reasonEvery - 1) / Self.reasonEvery
        let entries = named.count + reasons * reasoned.count + (count - reasons) * plain.count
        // An empty revokedCertificates is absent (RFC 5280 §5.1.2.6).
        let revoked = entries == 0 ? [] : LabDER.header(0x30, length: entries)
        try take(LabDER.header(0x30, length: before.count + revoked.count + entries + after.count) + before + revoked + named)
        for start in stride(from: 0, to: count, by: Self.blockEntries) {
            try take(block(start..<min(count, start + Self.blockEntries)))
        }
        try take(after)
    }

    private func block(_ indices: Range<Int>) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(indices.count * reasoned.count)
        for index in indices {
            let start = octets.count
            octets.append(contentsOf: index % Self.reasonEvery == 0 ? reasoned : plain)
            let time = times[index % times.count]
            octets.withUnsafeMutableBytes { buffer in
                let entry = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
                serials.writeLong(index, to: UnsafeMutableRawBufferPointer(rebasing: entry[Self.serialOffset...]))
                UnsafeMutableRawBufferPointer(rebasing: entry[Self.timeOffset...]).copyBytes(from: time)
            }
        }
        return octets
    }
}

extension LabCertificateAuthority {
    /// Writes a list of the first `count` long serials of `serials`, after the entries of `profile`, in DER. It is made twice,
    /// because how long the signature is stands before what it signs.
    package func writeRevocationList(
        ofMany count: Int, serials: LabSerialSequence = LabSerialSequence(), _ profile: LabRevocationListProfile,
        to path: String
    ) throws(LabPKIFailure) {
        let signer = profile.signer ?? certificate.key
        let algorithm = signer.algorithm(profile.signature)
        let extensions = LabExtension.sequence(profile.extensions(issuerKeyIdentifier: certificate.keyIdentifier))
        let list = LabListFile(
            count: count,
            serials: serials,
            thisUpdate: profile.thisUpdate,
            before: LabDER.integer(1) + algorithm + (profile.issuer ?? certificate.subject).der + LabTime.der(profile.thisUpdate)
                + (profile.nextUpdate.map { LabTime.der($0) } ?? []),
            named: LabDER.concatenation(profile.entries.map { $0.der(thisUpdate: profile.thisUpdate) }),
            after: extensions.isEmpty ? [] : LabDER.explicit(0, extensions)
        )
        var length = 0
        let signature = try signer.sign(profile.signature) { add throws(LabPKIFailure) in
            try list.pieces { piece throws(LabPKIFailure) in
                length += piece.count
                try add(piece)
            }
        }
        let trailer = algorithm + LabDER.bitString(signature)
        try LabFile.write(to: path, readers: .everyone) { put throws(LabPKIFailure) in
            try put(LabDER.header(0x30, length: length + trailer.count))
            try list.pieces(put)
            try put(trailer)
        }
    }
}
