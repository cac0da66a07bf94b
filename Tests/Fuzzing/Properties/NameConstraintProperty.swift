import DERTesting
import PKITypes
import PathValidation
import X509

/// Names of a leaf under the constraints of its issuer. The order of subtrees and the case of DNS names are nothing, fewer
/// exclusions and fewer names are refused no more, and a wildcard gets no further than the names it stands for.
enum NameConstraintProperty {
    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        var feed = ByteFeed(input)
        var subtrees: [Subtree] = []
        for _ in 0..<feed.number(below: 5) {
            let isExcluded = feed.flag()
            subtrees.append(Subtree(base: GeneralName(&feed, place: .base), isExcluded: isExcluded))
        }
        var names: [GeneralName] = []
        for _ in 0..<feed.number(in: 1...3) { names.append(GeneralName(&feed, place: .name)) }

        let answer = isAccepted(names, subtrees)
        try promise(isAccepted(names.reversed(), subtrees.reversed()) == answer, "order changes \(names) under \(subtrees)")
        try promise(isAccepted(names + names, subtrees + subtrees) == answer, "repetition changes \(names) under \(subtrees)")
        let upper = names.map { $0.upperCased() }
        if answer != isAccepted(upper, subtrees.map { $0.upperCased() }) {
            throw BrokenPromise("case changes \(names) under \(subtrees)")
        }
        guard answer else { return }
        try promise(isAccepted(names, subtrees.filter { !$0.isExcluded }), "fewer exclusions refuse \(names) under \(subtrees)")
        for position in names.indices {
            var fewer = names
            fewer.remove(at: position)
            if !fewer.isEmpty { try promise(isAccepted(fewer, subtrees), "fewer names are refused: \(fewer) under \(subtrees)") }
            guard let instance = names[position].wildcardInstance else { continue }
            var instances = names
            instances[position] = instance
            try promise(isAccepted(instances, subtrees), "the wildcard of \(names) covers \(instance), refused under \(subtrees)")
        }
    }

    struct Subtree: CustomStringConvertible {
        let base: GeneralName
        let isExcluded: Bool
        var description: String { "\(isExcluded ? "not " : "")\(base)" }
        func upperCased() -> Self { Self(base: base.upperCased(), isExcluded: isExcluded) }
    }

    private static let basicConstraints = Encode.extensionItem(
        "2.5.29.19", critical: true, Encode.sequence(Encode.boolean(true)))

    private static func isAccepted(_ names: [GeneralName], _ subtrees: [Subtree]) -> Bool {
        var authority = SampleCertificate()
        authority.subject = authority.issuer
        authority.extensions = [basicConstraints]
        if !subtrees.isEmpty {
            let parts = [(UInt8(0), false), (1, true)].map { number, isExcluded in
                let part = subtrees.filter { $0.isExcluded == isExcluded }.flatMap { Encode.sequence($0.base.der) }
                return part.isEmpty ? [] : Encode.explicit(number, part)
            }
            authority.extensions?.append(Encode.extensionItem("2.5.29.30", critical: true, Encode.sequence(parts[0], parts[1])))
        }
        var leaf = SampleCertificate()
        leaf.subject = Encode.sequence()
        leaf.extensions = [Encode.extensionItem("2.5.29.17", critical: true, Encode.sequence(names.flatMap(\.der)))]
        guard let issuer = try? Certificate(der: authority.der), let certificate = try? Certificate(der: leaf.der) else {
            return false
        }
        var search = PathSearch(
            leaf: certificate, presented: [], pool: CertificatePool(anchors: [issuer], intermediates: []),
            policy: PathPolicy(purpose: .any, maximumDepth: 4), at: UnixSeconds(1_780_000_000), verifier: EverySignature()
        )
        return (try? search.next()) != nil
    }

    private struct EverySignature: SignatureVerifier {
        func isSigned(_ certificate: CandidateCertificate, by issuer: CandidateCertificate) -> Bool { true }
    }
}

/// A name, or the base of a subtree, over an alphabet so small that names and bases meet.
struct GeneralName: CustomStringConvertible {
    enum Place { case name, base }

    let der: [UInt8]
    private let form: UInt8
    private let text: [UInt8]

    private static let hostAlphabet = Array("ab.*-A".utf8)
    private static let mailAlphabet = Array("ab.@*".utf8)
    private static let uriAlphabet = Array("ab.:/@1[]".utf8)

    init(_ feed: inout ByteFeed, place: Place) {
        switch feed.number(below: 6) {
        case 0: self.init(form: 1, feed.text(over: Self.mailAlphabet, upTo: 9))
        case 1:
            let scheme = place == .name ? Array("a://".utf8) : []
            self.init(form: 6, scheme + feed.text(over: Self.uriAlphabet, upTo: 8))
        case 2:
            let count = place == .name ? 4 : 8
            self.init(form: 7, (0..<count).map { position in [0, 0xff, 0xf0, 10][Int(feed.octet()) & (position < 4 ? 3 : 1)] })
        case 3:
            let attributes = (0..<feed.number(below: 3)).map { _ in ("2.5.4.3", Encode.utf8(feed.flag() ? "a" : "B")) }
            self.init(form: 4, Encode.name(attributes))
        default: self.init(form: 2, feed.text(over: Self.hostAlphabet, upTo: 9))
        }
    }

    private init(form: UInt8, _ text: [UInt8]) {
        self.form = form
        self.text = text
        der = form == 4 ? Encode.explicit(4, text) : Encode.implicit(form, text)
    }

    /// Hosts compare without case; the rest of a mailbox or a URI is not known to.
    func upperCased() -> Self {
        guard form == 2 else { return self }
        return Self(form: form, text.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 ^ 0x20 : $0 })
    }

    var wildcardInstance: Self? {
        form == 2 && text.starts(with: "*.".utf8) ? Self(form: 2, [UInt8(ascii: "a")] + text.dropFirst()) : nil
    }

    var description: String { "\(form):\(String(decoding: text, as: UTF8.self))" }
}
