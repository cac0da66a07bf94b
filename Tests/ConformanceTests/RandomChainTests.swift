import Foundation
import LabPKI
import OfflineVerification
import Testing

/// Chains of which the verdict is known from their making, against the engine and against OpenSSL alone.
@Suite("Random chains")
struct RandomChainTests {
    /// A kind of chain on which OpenSSL, asked alone, is known to disagree with us, always and why.
    struct Exception: Decodable {
        let id: String
        let expected: String
        /// OpenSSL's words, or `accept`; several where its answer hangs on what it finds first.
        let openssl: [String]
        let reason: String
    }

    static let exceptions: [String: Exception] = {
        let list: [Exception] = PKITSCase.fixture("random-chain-exceptions.json")
        return Dictionary(uniqueKeysWithValues: list.map { ($0.id, $0) })
    }()

    private static let shards = 8
    /// `make chains CHAINS=100000` asks for more; the environment also chooses where to start.
    private static let count = Int(ProcessInfo.processInfo.environment["PULSEGATE_CHAINS"] ?? "") ?? 2_000
    private static let firstSeed = UInt64(ProcessInfo.processInfo.environment["PULSEGATE_FIRST_SEED"] ?? "") ?? 1

    @Test("end as their making implies, and OpenSSL agrees or is excused", arguments: 0..<shards)
    func verdicts(shard: Int) throws {
        let keys = try (0..<8).map { _ in try LabKey() }
        var met: [RandomChain.Fault: Int] = [:]
        for number in stride(from: shard, to: Self.count, by: Self.shards) {
            let chain = try RandomChain(seed: Self.firstSeed + UInt64(number), keys: keys)
            met[chain.fault, default: 0] += 1
            Self.judge(chain)
        }
        #expect(Self.count < 2_000 || met.count == RandomChain.Fault.allCases.count, "faults that never came up")
    }

    private static func judge(_ chain: RandomChain) {
        var job = VerificationJob(trustAnchors: [chain.anchor], leaf: chain.leaf)
        job.intermediates = chain.others
        job.moment = RandomChain.moment
        job.pathPolicy = chain.policy
        let answer = OfflineVerifier.answer(job)
        let label = "seed \(chain.seed), \(chain.fault.rawValue)"
        #expect(chain.fault.expected.contains(answer.reason), "\(label): \(answer.reason), \(answer.detail)")

        let refusal = OpenSSLPathJudge.refusal(
            leaf: chain.leaf, others: chain.others, anchor: chain.anchor, chain.policy, at: RandomChain.moment
        )
        guard chain.fault == .none || exceptions[chain.fault.rawValue] != nil else {
            #expect(refusal != nil, "\(label): OpenSSL accepts")
            return
        }
        let excuses = (chain.oddities + [chain.fault.rawValue]).compactMap { exceptions[$0] }
        let usual = excuses.isEmpty ? ["accept"] : []
        #expect(
            (excuses.flatMap(\.openssl) + usual).contains(refusal ?? "accept"), "\(label): OpenSSL says \(refusal ?? "accept")")
    }

    @Test("exceptions have reasons and concern faults that exist")
    func exceptionsAreKnown() {
        let known = RandomChain.Fault.allCases.map(\.rawValue) + ["last-second", "self-issued"]
        for exception in Self.exceptions.values {
            #expect(known.contains(exception.id) && !exception.reason.isEmpty && !exception.openssl.isEmpty)
            #expect(exception.openssl != [exception.expected], "\(exception.id) is no disagreement")
        }
    }
}

extension RandomChain {
    /// What OpenSSL stumbles over whatever else is wrong or not.
    fileprivate var oddities: [String] { (endsNow ? ["last-second"] : []) + (hasSelfIssued ? ["self-issued"] : []) }
}
