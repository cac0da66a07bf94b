import FileSystem
import LabPKI
import PathValidation
import VerificationCore

/// The whole chain with its lists: OpenSSL's verification, ours of a new device, and ours of a known one.
struct ChainStory {
    static let title = "chain of three certificates with its lists"

    let pki: BenchmarkPKI
    let table: ResultTable

    func tell() throws {
        let device = try pki.issuing.issueDevice("urn:hospital:device:pump:0042")
        for entries in [100, 100_000] { try tell(device, entries) }
    }

    private func tell(_ device: LabCertificate, _ entries: Int) throws {
        table.begin("\(Self.title), \(entries) entries")
        let file = try pki.writeList("chain-\(entries)", ofMany: entries)
        let verifier = try OpenSSLVerifier(
            root: pki.root.certificate.der,
            lists: [OpenSSLList(der: pki.root.revocationList().der), OpenSSLList(der: FileContents.read(file, limit: .max))])
        let chain = try OpenSSLChain(leaf: device.der, issuing: pki.issuing.certificate.der)
        let theirs = try CallTime(rounds: 9, calls: 10) { _ in try verifier.verify(chain) }
        table.row("OpenSSL X509_verify_cert with CRL_CHECK_ALL", theirs)
        let presented = try pki.presented(device)
        let search = try CallTime(rounds: 9, calls: 50) { _ in _ = try pki.engine.validate(presented, at: pki.now) }
        table.row("ours: search, signatures, second opinion", search, Self.share(search, theirs))

        let theirsAnew = try CallTime(rounds: 9, calls: 10) { _ in
            try verifier.verify(OpenSSLChain(leaf: device.der, issuing: pki.issuing.certificate.der))
        }
        table.row("OpenSSL, certificates decoded first", theirsAnew)
        let snapshot = try pki.snapshot([pki.load(file)], policies: 1)
        let new = try CallTime(rounds: 9, calls: 50) { _ in
            let judgement = judge(try pki.presented(device), pki.engine, pki.facts, snapshot, now: pki.now)
            guard case .decided(_, .permit, _) = judgement else { throw Disagreement(question: "a new device is permitted") }
        }
        table.row("ours: a new device, from octets to verdict", new, Self.share(new, theirsAnew))
        let path = try pki.paths([device])[0]
        let known = try CallTime(calls: 20_000) { _ in try pki.judge(path, snapshot, .permitted) }
        table.row("ours: a known path", known, Self.share(known, theirs))
    }

    private static func share(_ ours: CallTime, _ theirs: CallTime) -> String {
        "\(ResultTable.rounded(ours.nanoseconds / theirs.nanoseconds, 4)) × OpenSSL's"
    }
}
