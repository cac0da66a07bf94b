import Foundation
import PKITypes
import RandomTesting
import RevocationLists
import Testing
import VerificationCore

/// A million entries, and as many lookups as PULSEGATE_LOOKUPS says: hits, near misses and misses, of several issuers, in a list
/// and its deltas, against a dictionary.
@Suite("Random lookups and a dictionary")
struct RandomLookupTests {
    private static let lookups = ProcessInfo.processInfo.environment["PULSEGATE_LOOKUPS"].flatMap { Int($0) } ?? 60_000
    /// In proportion, so that the short run takes no longer over its lists than over its lookups.
    private static let entries = min(1_000_000, max(20_000, lookups / 4))
    private static let names = (0..<4).map { DistinguishedName(canonical: [UInt8($0)], display: "CN=\($0)") }
    private static let now = UnixSeconds(1_800_000_000)

    private struct Certificate: Hashable {
        let issuer: Int
        let serial: SerialNumber
    }

    private enum Change { case revoked, lifted }

    private var random = SplitMix64(seed: 4)

    /// Most are of sixteen octets, many are neighbours of another.
    private mutating func certificate(near known: [Certificate]) throws -> Certificate {
        let issuer = Int.random(in: 0..<4, using: &random)
        if let other = known.randomElement(using: &random), Int.random(in: 0..<4, using: &random) == 0 {
            var octets = other.serial.octets
            octets[octets.count - 1] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let isOther = Int.random(in: 0..<4, using: &random) == 0
            return Certificate(issuer: isOther ? issuer : other.issuer, serial: try #require(SerialNumber(octets: octets)))
        }
        let count = Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: 1...24, using: &random) : 16
        let octets = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        return Certificate(issuer: issuer, serial: try #require(SerialNumber(octets: octets)))
    }

    private func list(_ entries: [Certificate: Change], number: UInt8, base: UInt8?) throws -> IndexedList {
        var builder = RevokedTableBuilder(hash: SipHash(keyLow: .random(in: 0 ... .max), keyHigh: 1)) { MemoryFile().store }
        builder.append(
            entries.map {
                ListedEntry(
                    serial: $0.serial, reason: $1 == .lifted ? .removeFromCRL : .unspecified, revokedAt: Self.now,
                    issuer: UInt32($0.issuer))
            })
        let table = try builder.finish()
        let facts = RevocationListFacts(
            issuer: Self.names[0], issuerRange: 0..<0, issuerOctets: [], thisUpdate: Self.now + Int64(number), nextUpdate: nil,
            number: CRLNumber(octets: [number]), authorityKeyIdentifier: nil,
            deltaBase: base.flatMap { CRLNumber(octets: [$0]) }, issuingDistributionPoint: nil, support: .supported,
            otherIssuers: Array(Self.names.dropFirst()), entryCount: table.count, signatureAlgorithm: [], signatureValue: [],
            signedPart: 0..<0, octetCount: 0
        )
        let signature = ListSignature(covered: .digest([number]), algorithm: [], value: [number])
        let list = IndexedList(
            source: "\(number)", anchorEntry: "a", facts: facts, nextUpdate: Self.now + 600, signature: signature, table: table)
        list.markProven(by: .only)
        return list
    }

    @Test("agree on every one")
    mutating func agree() throws {
        var known: [Certificate] = []
        var complete: [Certificate: Change] = [:]
        for _ in 0..<Self.entries {
            let certificate = try certificate(near: known)
            complete[certificate] = .revoked
            if known.count < 4096 { known.append(certificate) }
        }
        var revoked = Set(complete.keys)
        var lists = [try list(complete, number: 1, base: nil)]
        for number in UInt8(2)...3 {
            var delta: [Certificate: Change] = [:]
            for _ in 0..<(Self.entries / 100) { delta[try certificate(near: known)] = .revoked }
            for certificate in known where Int.random(in: 0..<8, using: &random) == 0 { delta[certificate] = .lifted }
            for (certificate, change) in delta {
                if change == .revoked { revoked.insert(certificate) } else { revoked.remove(certificate) }
            }
            lists.append(try list(delta, number: number, base: number - 1))
        }
        let everything = Array(revoked)
        let index = RevocationIndex(lists: lists)
        var found = 0
        for _ in 0..<Self.lookups {
            let isKnown = Int.random(in: 0..<3, using: &random) == 0
            let pick = isKnown ? everything.randomElement(using: &random) : try certificate(near: known)
            let asked = try #require(pick)
            // Other issuers' entries are asked of the list itself: the index looks at an indirect list through a certificate
            // that names it, which is tested elsewhere.
            guard asked.issuer == 0 else {
                if answer(lists, asked) != revoked.contains(asked) { Issue.record("\(asked)") }
                continue
            }
            let certificate = PathCertificate(
                issuer: Self.names[0], serial: asked.serial, namesRevocationSource: true, isAuthority: false,
                distributionPoints: []
            )
            switch index.status(of: certificate, under: "a", now: Self.now, clockSkewSeconds: 60) {
            case .good: if revoked.contains(asked) { Issue.record("a revoked certificate is good: \(asked)") }
            case .revoked:
                found += 1
                if !revoked.contains(asked) { Issue.record("a good certificate is revoked: \(asked)") }
            case .stale, .unconfirmed, .unknown: Issue.record("no answer for \(asked)")
            }
        }
        #expect(found > Self.lookups / 20)
    }

    /// The newest list that names the certificate says whether it is revoked.
    private func answer(_ lists: [IndexedList], _ asked: Certificate) -> Bool {
        for list in lists.reversed() {
            if case .listed(let entry) = list.table.answer(asked.serial, issuer: UInt16(asked.issuer)) {
                return entry.reason != .removeFromCRL
            }
        }
        return false
    }
}
