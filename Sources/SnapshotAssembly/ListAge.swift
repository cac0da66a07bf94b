import PKITypes
import VerificationCore

/// How near a list is to its nextUpdate, and what that means for devices: the list's owner has to act before.
struct ListAge {
    let now: UnixSeconds
    let clockSkewSeconds: Int64
    let policy: StaleListPolicy

    private static let secondsPerHour: Int64 = 3600

    /// Nil for a list that is fresh for long, or that a newer one of `lists` stands in for.
    func problem(of list: IndexedList, among lists: [IndexedList]) -> AssemblyProblem? {
        let left = list.nextUpdate - now
        guard left < 0 || left < policy.warnBeforeSeconds else { return nil }
        guard !lists.contains(where: { isReplaced(list, by: $0) }) else { return nil }
        let moment = list.nextUpdate.text
        let state =
            left < 0
            ? "is stale for \(Self.hours(-left)), since \(moment)" : "goes stale in \(Self.hours(left)), at \(moment)"
        return .warning(list.source, "\(state): \(consequence(list, among: lists))")
    }

    private func consequence(_ list: IndexedList, among lists: [IndexedList]) -> String {
        let issuer = list.issuer.display
        let mend = "get a newer list of \(issuer)"
        if let end = baseEnd(of: list, among: lists) {
            return "the list that it changes answers without it until \(end.text); \(mend)"
        }
        let refused = "every device below \(issuer) is refused"
        let end = list.nextUpdate + policy.graceSeconds
        switch policy.admit {
        case .none: return "\(refused)\(list.nextUpdate < now ? "" : " then"); \(mend), or set stale.admit"
        case .all where end < now: return "\(refused), as stale.grace ended at \(end.text); \(mend)"
        case .all: return "stale.admit lets devices in until \(end.text), after that \(refused); \(mend)"
        }
    }

    /// A newer list of the same scope and key that has begun speaks in its stead; a delta carries its base on.
    private func isReplaced(_ list: IndexedList, by other: IndexedList) -> Bool {
        other !== list && other.isProven && other.issuer == list.issuer && other.scope == list.scope
            && other.authorityKeyIdentifier == list.authorityKeyIdentifier && other.isNewer(than: list)
            && other.nextUpdate > list.nextUpdate && other.thisUpdate <= now + clockSkewSeconds
    }

    /// When the base of a delta ends, if that is later than the delta does: until then its issuer stands by it alone.
    private func baseEnd(of delta: IndexedList, among lists: [IndexedList]) -> UnixSeconds? {
        guard delta.deltaBase != nil else { return nil }
        let bases = lists.filter { list in
            list.deltaBase == nil && list.isProven && list.issuer == delta.issuer && list.scope == delta.scope
                && list.authorityKeyIdentifier == delta.authorityKeyIdentifier
        }
        return bases.map(\.nextUpdate).max().flatMap { $0 > max(now, delta.nextUpdate) ? $0 : nil }
    }

    private static func hours(_ seconds: Int64) -> String {
        seconds < secondsPerHour ? "\(seconds / 60) min" : "\(seconds / secondsPerHour) h"
    }
}
