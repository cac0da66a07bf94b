import DataPlane
import PKITypes
import VerificationCore

/// Which identity has which sessions, on all loops, and who of two that are one too many stays. It knows no clock and no
/// socket: what happened goes in, what is to be done comes out.
struct ClaimTable {
    /// What follows from what happened, in this order.
    enum Step: Equatable {
        case order(SessionOrder)
        case alarm(CloneAlarm)
        case quarantine(DeviceIdentity)
    }

    /// Newcomers that wait for the same probes; a flood of them is no reason to keep more.
    private static let waitingMax = 16

    private struct Newcomer {
        let claim: SessionClaim
        let limit: SessionLimit
        /// Sessions that have not answered yet.
        var asked: Set<DecisionID>
    }

    /// In the order of their admission; never empty.
    private var held: [DeviceIdentity: [SessionClaim]] = [:]
    /// In the order of their coming; never empty.
    private var waiting: [DeviceIdentity: [Newcomer]] = [:]
    /// Whose session is being probed.
    private var probed: [DecisionID: DeviceIdentity] = [:]

    var isEmpty: Bool { held.isEmpty && waiting.isEmpty && probed.isEmpty }

    mutating func take(_ notice: SessionNotice) -> [Step] {
        switch notice {
        case .wanted(let claim, let limit, let use): wanted(claim, limit, use)
        case .over(let id, let identity): over(id, identity)
        case .probed(let id, .alive): alive(id)
        case .probed(let id, .dead): dead(id)
        }
    }

    private mutating func wanted(_ claim: SessionClaim, _ limit: SessionLimit, _ use: SessionNotice.Use) -> [Step] {
        let others = held[claim.identity] ?? []
        guard others.count >= limit.maximum else { return [grant(claim)] }
        let alarm = Step.alarm(CloneAlarm(newcomer: claim, others))
        if use == .reported {
            hold(claim)
            return [.order(.answer(claim.decision, .grantedAlthough(.sessionLimit))), alarm]
        }
        switch limit.onConflict {
        case .refuse: return [.order(.answer(claim.decision, .refused(.sessionLimit))), alarm]
        case .replaceOld:
            let leaving = others.prefix(others.count - limit.maximum + 1)
            for old in leaving { drop(old.decision, of: claim.identity) }
            return leaving.map { .order(.end($0.decision, .replacedByNewer)) } + [grant(claim), alarm]
        case .quarantine:
            held[claim.identity] = nil
            return [.order(.answer(claim.decision, .refused(.cloneSuspected))), .quarantine(claim.identity)]
                + others.map { .order(.end($0.decision, .refused(.cloneSuspected))) } + [alarm]
        case .probeOld: return probe(others, for: claim, limit)
        }
    }

    private mutating func probe(_ others: [SessionClaim], for claim: SessionClaim, _ limit: SessionLimit) -> [Step] {
        guard waiting[claim.identity, default: []].count < Self.waitingMax else {
            return [.order(.answer(claim.decision, .refused(.sessionLimit)))]
        }
        waiting[claim.identity, default: []].append(Newcomer(claim: claim, limit: limit, asked: Set(others.map(\.decision))))
        let unasked = others.filter { probed.updateValue(claim.identity, forKey: $0.decision) == nil }
        return unasked.map { .order(.probe($0.decision, heardSince: claim.connectedAt)) }
    }

    private mutating func over(_ id: DecisionID, _ identity: DeviceIdentity) -> [Step] {
        probed[id] = nil
        drop(id, of: identity)
        waiting[identity]?.removeAll { $0.claim.decision == id }
        return settle(identity) { $0.asked.remove(id) }
    }

    private mutating func dead(_ id: DecisionID) -> [Step] {
        guard let identity = probed.removeValue(forKey: id) else { return [] }
        drop(id, of: identity)
        return [.order(.end(id, .replacedByNewer))] + settle(identity) { $0.asked.remove(id) }
    }

    private mutating func alive(_ id: DecisionID) -> [Step] {
        guard let identity = probed.removeValue(forKey: id) else { return [] }
        return settle(identity) { $0.asked.remove(id) }
    }

    /// Room goes to who came first; who is left with nobody to ask is one too many.
    private mutating func settle(_ identity: DeviceIdentity, _ note: (inout Newcomer) -> Void) -> [Step] {
        guard let newcomers = waiting.removeValue(forKey: identity) else { return [] }
        var steps: [Step] = []
        var left: [Newcomer] = []
        for var newcomer in newcomers {
            note(&newcomer)
            let others = held[identity] ?? []
            if others.count < newcomer.limit.maximum {
                steps.append(grant(newcomer.claim))
            } else if newcomer.asked.isEmpty {
                steps.append(.order(.answer(newcomer.claim.decision, .refused(.sessionLimit))))
                steps.append(.alarm(CloneAlarm(newcomer: newcomer.claim, others)))
            } else {
                left.append(newcomer)
            }
        }
        if !left.isEmpty { waiting[identity] = left }
        return steps
    }

    private mutating func grant(_ claim: SessionClaim) -> Step {
        hold(claim)
        return .order(.answer(claim.decision, .granted))
    }

    private mutating func hold(_ claim: SessionClaim) { held[claim.identity, default: []].append(claim) }

    private mutating func drop(_ id: DecisionID, of identity: DeviceIdentity) {
        guard var claims = held[identity] else { return }
        claims.removeAll { $0.decision == id }
        held[identity] = claims.isEmpty ? nil : claims
    }
}

extension CloneAlarm {
    fileprivate init(newcomer: SessionClaim, _ others: [SessionClaim]) {
        self.init(
            finding: .sessions, identity: newcomer.identity, newcomer: Side(newcomer), others: others.map(Side.init))
    }
}
