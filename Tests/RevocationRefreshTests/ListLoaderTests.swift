import LabPKI
import RevocationLists
import RevocationRefresh
import SignatureChecking
import Testing

@Suite("Lists from files")
struct ListLoaderTests {
    let authority: LabCertificateAuthority

    init() throws { authority = try LabCertificateAuthority() }

    private func load(_ file: [UInt8]) throws(ListLoadFailure) -> [IndexedListFacts] {
        try ListLoader.lists(in: file, source: "a.crl", anchorEntry: "devices").map(IndexedListFacts.init)
    }

    private func failure(_ octets: [UInt8]) -> ListLoadFailure? {
        do throws(ListLoadFailure) {
            _ = try load(octets)
            return nil
        } catch {
            return error
        }
    }

    @Test("a DER file holds one list, a PEM file several; each is parked and remembers where it came from")
    func readable() throws {
        let (first, second) = (
            try authority.revocationList(revoking: [LabRevokedEntry(serial: [1]), LabRevokedEntry(serial: [2])], number: 1),
            try authority.revocationList(number: 2)
        )
        let fromDER = try load(first.der)
        #expect(fromDER.map(\.entryCount) == [2])
        let text = "a list\n" + (try first.pem()) + (try authority.certificate.pem()) + (try second.pem())
        let fromPEM = try load(Array(text.utf8))
        #expect(fromPEM.map(\.number) == ["0x01", "0x02"] && fromPEM.map(\.entryCount) == [2, 0])
        for facts in fromDER + fromPEM {
            #expect(!facts.isProven && facts.source == "a.crl" && facts.anchorEntry == "devices" && facts.isSupported)
        }
    }

    @Test("deltas, partitions and indirect lists are loaded; what must not be used is loaded as such")
    func supported() throws {
        let delta = try authority.revocationList(number: 2) { $0.deltaBase = 1 }
        let scope = try LabExtension.issuingDistributionPoint(.url("http://pki.example/7.crl"), scopes: [.indirect])
        let partition = try authority.revocationList { $0.extraExtensions = [scope] }
        let foreign = try authority.revocationList { $0.extraExtensions = [LabExtension("1.2.3.4", .critical, value: [5, 0])] }
        for (list, isSupported) in [(delta, true), (partition, true), (foreign, false)] {
            #expect(try load(list.der).map(\.isSupported) == [isSupported])
        }
    }

    @Test("what cannot be used is refused, and one bad list refuses its file")
    func refused() throws {
        let endless = try authority.revocationList { $0.nextUpdate = nil }
        #expect(failure(endless.der) == .noNextUpdate)
        let weak = try authority.revocationList { $0.signature = .sha1 }
        #expect(failure(weak.der) == .weakSignatureAlgorithm)
        #expect(failure([]) == .noList)
        #expect(failure(Array(try authority.certificate.pem().utf8)) == .noList)
        guard case .malformed = failure(Array("junk".utf8)), case .malformed = failure(authority.certificate.der) else {
            Issue.record("expected malformed lists")
            return
        }
        guard case .notPEM = failure(Array("-----BEGIN X509 CRL-----\nAAAA\n".utf8)) else {
            Issue.record("expected broken PEM")
            return
        }
        let good = try authority.revocationList()
        #expect(failure(Array((try good.pem() + weak.pem()).utf8)) == .weakSignatureAlgorithm)
        #expect(failure(Array(try good.pem().utf8)) == nil)
    }

    @Test("every failure is a sentence that begins with what the file is or holds")
    func sentences() {
        let failures: [ListLoadFailure] = [
            .notPEM("x"), .noList, .malformed("x"), .noNextUpdate, .unknownSignatureAlgorithm, .weakSignatureAlgorithm,
            .tooLargeForOnePass(octets: 1),
        ]
        #expect(Set(failures.map(\.description)).count == failures.count)
        #expect(failures.allSatisfy { $0.description.hasPrefix("is ") || $0.description.hasPrefix("holds ") })
    }
}
