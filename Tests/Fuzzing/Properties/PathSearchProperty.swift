import DERTesting
import PKITypes
import PathValidation
import X509

/// A few certificates of a few names and keys: the search finds a path exactly when trying them all does, whatever the order
/// in which they are offered.
enum PathSearchProperty {
    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        var feed = ByteFeed(input)
        let scene = PathScene(&feed)
        let expected = scene.hasValidPath
        let certificates = try scene.certificates()
        for isReversed in [false, true] {
            let found = scene.search(certificates, isReversed: isReversed)
            try promise((found != nil) == expected, "a path is \(expected ? "missed" : "invented") in \(scene)")
            if let found { try promise(scene.isValid(found), "the path \(found) is not valid in \(scene)") }
        }
    }
}

/// Certificates by what they mean. Number 0 is the leaf.
struct PathScene: CustomStringConvertible {
    struct Member {
        let subject: Int
        let issuer: Int
        let key: Int
        let signer: Int
        let isAuthority: Bool
        let pathLength: Int?
        let isCurrent: Bool
        /// Nil: the extension is absent.
        let isForClients: Bool?
        let maySign: Bool
        let isAnchor: Bool
        let hint: UInt8

        var isSelfIssued: Bool { subject == issuer }
    }

    private let members: [Member]
    private let maximumDepth: Int

    init(_ feed: inout ByteFeed) {
        maximumDepth = feed.number(in: 0...4)
        members = (0..<feed.number(in: 2...8)).map { Self.member($0, &feed) }
    }

    private static func member(_ position: Int, _ feed: inout ByteFeed) -> Member {
        let (names, keys, kind, faults) = (feed.octet(), feed.octet(), feed.octet(), feed.octet())
        let subject = Int(names & 3)
        // A key belongs to one name, as long as nobody copies keys.
        let key = subject * 2 + Int(keys & 1)
        let issuer = Int(names >> 2 & 3)
        return Member(
            subject: subject, issuer: issuer, key: key, signer: issuer * 2 + Int(keys >> 1 & 1),
            isAuthority: position > 0 && faults & 0x07 != 7, pathLength: kind & 8 != 0 ? Int(kind >> 4 & 1) : nil,
            isCurrent: faults & 0x38 != 0x38, isForClients: kind & 0x60 == 0x60 ? nil : (kind & 0x60 != 0x20),
            maySign: faults & 0xc0 != 0xc0, isAnchor: position > 0 && kind & 3 == 3, hint: keys >> 2
        )
    }

    var description: String { members.enumerated().map { "\n\($0.offset): \($0.element)" }.joined() + "\ndepth \(maximumDepth)" }

    // MARK: Every path, tried

    var hasValidPath: Bool { leads([0]) }

    private func leads(_ path: [Int]) -> Bool {
        if members[path[path.count - 1]].isAnchor { return isValid(path) }
        let last = members[path[path.count - 1]]
        return members.indices.dropFirst().contains { next in
            let issuer = members[next]
            let isLoop = path.contains { members[$0].subject == issuer.subject && members[$0].key == issuer.key }
            return !isLoop && issuer.subject == last.issuer && issuer.key == last.signer && leads(path + [next])
        }
    }

    func isValid(_ path: [Int]) -> Bool {
        guard let anchor = path.last, members[anchor].isAnchor, path.first == 0 else { return false }
        for (depth, position) in path.enumerated() {
            let member = members[position]
            guard member.isCurrent, member.isForClients != false else { return false }
            guard depth > 0 else { continue }
            let below = members[path[depth - 1]]
            guard member.isAuthority, member.maySign, below.issuer == member.subject, below.signer == member.key else {
                return false
            }
            let authorities = path[1..<depth].count { !members[$0].isSelfIssued }
            if let limit = member.pathLength, authorities > limit { return false }
        }
        return path.dropFirst().dropLast().count { !members[$0].isSelfIssued } <= maximumDepth
    }

    // MARK: The engine

    private static func name(_ number: Int) -> [UInt8] { Encode.name([("2.5.4.3", Encode.utf8("Entity \(number)"))]) }

    /// What the engine is shown.
    private static func der(_ member: Member, number: Int) -> [UInt8] {
        var sample = SampleCertificate()
        sample.serial = Encode.integer(UInt8(number + 1))
        sample.subject = name(member.subject)
        sample.issuer = name(member.issuer)
        if !member.isCurrent { sample.notAfter = Encode.utcTime("260201000000Z") }
        sample.publicKey = Encode.sequence(
            Encode.sequence(Encode.oid("1.2.840.10045.2.1"), Encode.oid("1.2.840.10045.3.1.7")),
            Encode.bitString([UInt8](repeating: UInt8(member.key), count: 65)))
        var items: [[UInt8]] = []
        if member.isAuthority {
            let limit = member.pathLength.map { Encode.integer(UInt8($0)) } ?? []
            items.append(Encode.extensionItem("2.5.29.19", critical: true, Encode.sequence(Encode.boolean(true), limit)))
            let usage = member.maySign ? Encode.bitString([0x06], unusedBits: 1) : Encode.bitString([0x02], unusedBits: 1)
            items.append(Encode.extensionItem("2.5.29.15", critical: true, usage))
        }
        if let isForClients = member.isForClients {
            let purpose = Encode.oid(isForClients ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")
            items.append(Encode.extensionItem("2.5.29.37", Encode.sequence(purpose)))
        }
        if member.hint & 1 != 0 { items.append(Encode.extensionItem("2.5.29.14", Encode.octetString([member.hint >> 1 & 3]))) }
        if member.hint & 8 != 0 {
            items.append(Encode.extensionItem("2.5.29.35", Encode.sequence(Encode.implicit(0, [member.hint >> 4]))))
        }
        sample.extensions = items.isEmpty ? nil : items
        return sample.der
    }

    func certificates() throws(BrokenPromise) -> [Certificate] {
        var certificates: [Certificate] = []
        for (number, member) in members.enumerated() {
            guard let certificate = try? Certificate(der: Self.der(member, number: number)) else {
                throw BrokenPromise("certificate \(number) is refused: \(member)")
            }
            certificates.append(certificate)
        }
        return certificates
    }

    /// The numbers of the certificates on the path that the engine finds.
    func search(_ certificates: [Certificate], isReversed: Bool) -> [Int]? {
        let others = certificates.indices.dropFirst()
        let order = isReversed ? Array(others.reversed()) : Array(others)
        let anchors = order.filter { members[$0].isAnchor }.map { certificates[$0] }
        let untrusted = order.filter { !members[$0].isAnchor }.map { certificates[$0] }
        let configured = untrusted.count / 2
        var search = PathSearch(
            leaf: certificates[0], presented: Array(untrusted.dropFirst(configured)),
            pool: CertificatePool(anchors: anchors, intermediates: Array(untrusted.prefix(configured))),
            policy: PathPolicy(purpose: .client, maximumDepth: maximumDepth), at: UnixSeconds(1_780_000_000),
            verifier: KeyTable(members: members)
        )
        guard let path = try? search.next() else { return nil }
        return path.map { Int($0.certificate.serial.octets[0]) - 1 }
    }

    /// Signatures by who was meant to make them.
    private struct KeyTable: SignatureVerifier {
        let members: [Member]

        func isSigned(_ certificate: CandidateCertificate, by issuer: CandidateCertificate) -> Bool {
            func member(_ candidate: CandidateCertificate) -> Member { members[Int(candidate.certificate.serial.octets[0]) - 1] }
            return member(certificate).signer == member(issuer).key
        }
    }
}
