import DERTesting
import PKITypes
import RevocationLists
import VerificationCore
import X509

/// A certificate and lists about it, built from choices: few issuers, scopes, numbers and serial numbers, so that they meet.
enum RevocationScene {
    private static func name(_ number: Int) -> [UInt8] { Encode.name([("2.5.4.3", Encode.utf8("CA \(number)"))]) }
    private static func point(_ number: Int) -> [UInt8] { Encode.explicit(0, Encode.uriName("http://pki/\(number)")) }
    private static let reasonHalves: [[UInt8]] = [[0x01, 0x60], [0x00, 0x1f, 0x80]]

    static func certificate(_ feed: inout ByteFeed) -> PathCertificate? {
        var sample = SampleCertificate()
        sample.serial = Encode.integer(UInt8(feed.number(in: 1...3)))
        sample.issuer = name(feed.number(below: 2))
        var extensions: [[UInt8]] = []
        if feed.flag() {
            extensions.append(Encode.extensionItem("2.5.29.19", critical: true, Encode.sequence(Encode.boolean(true))))
        }
        var points: [UInt8] = []
        for _ in 0..<feed.number(below: 3) {
            let kind = feed.octet()
            let reasons = kind & 4 != 0 ? Encode.implicit(1, reasonHalves[Int(kind >> 3 & 1)]) : []
            let issuer = kind & 2 != 0 ? Encode.explicit(2, Encode.explicit(4, name(feed.number(below: 2)))) : []
            let location = kind & 1 == 0 || issuer.isEmpty ? Encode.explicit(0, point(feed.number(below: 2))) : []
            points += Encode.sequence(location, reasons, issuer)
        }
        if !points.isEmpty { extensions.append(Encode.extensionItem("2.5.29.31", Encode.sequence(points))) }
        sample.extensions = extensions.isEmpty ? nil : extensions
        return (try? Certificate(der: sample.der)).flatMap { try? PathCertificate($0) }
    }

    static func list(_ feed: inout ByteFeed, now: UnixSeconds, anchor: String) -> IndexedList? {
        var sample = SampleList()
        sample.issuer = name(feed.number(below: 2))
        let number = feed.number(in: 1...7)
        let flags = feed.octet()
        let isDelta = flags & 1 != 0
        var extensions: [[UInt8]] = []
        if isDelta || flags & 0x0e != 0 {
            extensions.append(Encode.extensionItem("2.5.29.20", Encode.integer(UInt8(number))))
        }
        if isDelta {
            let base = UInt8(feed.number(in: 1...7))
            extensions.append(Encode.extensionItem("2.5.29.27", critical: true, Encode.integer(base)))
        }
        let scope = scope(&feed)
        if !scope.isEmpty { extensions.append(Encode.extensionItem("2.5.29.28", critical: true, Encode.sequence(scope))) }
        if flags & 0xf0 == 0xf0 { extensions.append(Encode.extensionItem("1.2.3.4", critical: true, Encode.null)) }
        extensions.append(
            Encode.extensionItem("2.5.29.35", Encode.sequence(Encode.implicit(0, [UInt8(flags >> 4 & 1)]))))
        sample.extensions = extensions
        sample.entries = entries(&feed, isDelta: isDelta, isIndirect: scope.suffix(3) == [0x84, 0x01, 0xff])
        let begins = now + Int64(feed.number(below: 6) - 4) * 200
        let ends = now + Int64(feed.number(below: 6) - 2) * 200
        return indexed(sample, anchor, begins: begins, ends: ends, isProven: !feed.isRare(6))
    }

    private static func scope(_ feed: inout ByteFeed) -> [UInt8] {
        let kind = feed.octet()
        var scope: [UInt8] = []
        if kind & 1 != 0 { scope += Encode.explicit(0, point(Int(kind >> 1 & 1))) }
        switch kind >> 2 & 7 {
        case 1: scope += Encode.implicit(1, [0xff])
        case 2: scope += Encode.implicit(2, [0xff])
        case 3, 4: scope += Encode.implicit(3, reasonHalves[Int(kind >> 2 & 1)])
        default: break
        }
        if kind >> 5 & 3 == 1 { scope += Encode.implicit(4, [0xff]) }
        return scope
    }

    private static func entries(_ feed: inout ByteFeed, isDelta: Bool, isIndirect: Bool) -> [[UInt8]]? {
        var entries: [[UInt8]] = []
        for _ in 0..<feed.number(below: 4) {
            let kind = feed.octet()
            var extensions: [[UInt8]] = []
            if kind & 0x0c == 0x0c { extensions.append(SampleList.reason(isDelta ? 8 : 6)) }
            if isIndirect, kind & 0x10 != 0 {
                let issuer = Encode.sequence(Encode.explicit(4, name(Int(kind >> 5 & 1))))
                extensions.append(Encode.extensionItem("2.5.29.29", critical: true, issuer))
            }
            entries.append(SampleList.entry([kind & 3 | 1], extensions: extensions))
        }
        return entries.isEmpty ? nil : entries
    }

    static func completeList(naming certificate: PathCertificate, now: UnixSeconds, anchor: String) -> IndexedList? {
        var sample = SampleList(entries: [SampleList.entry(certificate.serial.octets)])
        // A key that signs nothing else: no list of the scene is older or newer than this one.
        sample.extensions = [
            Encode.extensionItem("2.5.29.20", Encode.integer(9)),
            Encode.extensionItem("2.5.29.35", Encode.sequence(Encode.implicit(0, [9]))),
        ]
        for number in 0..<2 {
            sample.issuer = name(number)
            let list = indexed(sample, anchor, begins: now, ends: now + 600, isProven: true)
            if list?.issuer == certificate.issuer { return list }
        }
        return nil
    }

    /// The list as the index holds it, with a signature that stands for its contents.
    private static func indexed(
        _ sample: SampleList, _ anchor: String, begins: UnixSeconds, ends: UnixSeconds, isProven: Bool
    ) -> IndexedList? {
        var sample = sample
        sample.thisUpdate = Encode.utcTime(TimeText.text(begins, isGeneralized: false))
        sample.nextUpdate = Encode.utcTime(TimeText.text(ends, isGeneralized: false))
        guard let list = try? CertificateRevocationList(der: sample.der) else { return nil }
        let signature = ListSignature(covered: .message(sample.toBeSigned), algorithm: [], value: [])
        let indexed = IndexedList(
            source: "fuzz", anchorEntry: anchor, list: list, nextUpdate: ends, signature: signature,
            hash: SipHash(keyLow: 1, keyHigh: 2)
        )
        if isProven { indexed.markProven(by: .only) }
        return indexed
    }

    static func text(_ status: RevocationStatus, withCause: Bool = true) -> String {
        switch status {
        case .good: "good"
        case .stale(_, let seconds): "stale by \(seconds)"
        case .revoked: "revoked"
        case .unconfirmed: "unconfirmed"
        case .unknown(let cause, _): withCause ? "unknown \(cause.code)" : "unknown"
        }
    }
}
