import PKITypes
import TLSStream
import TLSTermination
import VerificationCore

/// A session that libssl was given and has not said yet whether the device goes on from it.
final class OfferedSession {
    let id: SessionID
    let stored: StoredSession
    let permit: Permit

    init(id: SessionID, stored: StoredSession, permit: Permit) {
        self.id = id
        self.stored = stored
        self.permit = permit
    }
}

/// Resumption: the device is decided about before its session is, so that a refusal is a full handshake and whatever alert that
/// one ends with, and never an alert of the resumption's own.
extension AdmissionGate: SessionKeeper {
    /// Sessions that one connection may ask for. A device offers one or two; a ClientHello has room for thousands.
    private static let maximumAsked = 4

    func session(offeredAs id: SessionID) -> [UInt8]? {
        // A HelloRetryRequest makes the device say everything twice.
        if let offered, offered.id == id { return offered.stored.octets }
        guard let (sessions, binding) = resumption, let stream, sessionsAsked < Self.maximumAsked, worker.clock.isTrusted
        else { return nil }
        sessionsAsked += 1
        version = stream.version
        let now = worker.now
        guard let stored = sessions.session(offeredAs: id, version, at: now), stored.binding == binding, stored.version == version
        else {
            plan.counters.sessionMisses.add()
            return nil
        }
        let start = worker.loop.monotonicNanoseconds
        let judgement = VerificationCore.judge(known: stored.path, facts, worker.snapshot, now: now)
        plan.counters.decisionSeconds.record(nanoseconds: worker.loop.monotonicNanoseconds - start)
        guard case .decided(_, .permit(let permit), _)? = judgement else {
            plan.counters.sessionRefusals.add()
            return nil
        }
        plan.counters.sessionHits.add()
        offered = OfferedSession(id: id, stored: stored, permit: permit)
        return stored.octets
    }

    func lifetimeOfNewSession() -> Int64 {
        settleResumption()
        guard let sessions = plan.sessions, let path, permit != nil, let authenticatedAt else { return 0 }
        return max(0, sessions.period(of: path, authenticatedAt: authenticatedAt).notAfter - worker.now)
    }

    /// Only whom a decision permits: a device whose decision still waits for a record comes back with a full handshake.
    func keep(_ session: [UInt8], as id: SessionID) {
        settleResumption()
        guard let (sessions, binding) = resumption, let path, let permit, let authenticatedAt else { return }
        let stored = StoredSession(
            octets: session, path: path, identity: permit.identity, version: version, binding: binding,
            authenticatedAt: authenticatedAt
        )
        sessions.insert(stored, as: id, at: worker.now)
        plan.counters.sessionsKept.add()
    }

    func forget(_ id: SessionID) { plan.sessions?.remove(id) }

    /// The device, which has proved who it is, is shut out. Each of its sessions would be decided again: there is no need to
    /// rely on that alone.
    func forgetSessions() {
        if let identity { plan.sessions?.removeAll(of: identity) }
    }

    /// Once libssl knows: the device goes on from the session that it was given, with all that is known of it, or it does not.
    func settleResumption() {
        guard let settled = offered, stream?.isResumed == true else { return }
        offered = nil
        isResumed = true
        path = settled.stored.path
        permit = settled.permit
        authenticatedAt = settled.stored.authenticatedAt
        noteLeaf(of: settled.stored.path)
    }

    private var resumption: (SharedSessionStore, SessionBinding)? {
        guard let sessions = plan.sessions, case .allowed(let binding) = plan.tls.resumption else { return nil }
        return (sessions, binding)
    }
}
