import Configuration
import DataPlane
import EventLoop
import PKITypes

/// Where each certificate is in use, and was until just now: one that is in two networks was copied, or its device roams.
///
/// It knows no clock and no socket, and asks for no session limit: what was admitted goes in, an alarm may come out.
struct NetworkWatch {
    /// How long a certificate counts as in use where its last session ended. Two holders that a platform plays off against each
    /// other (MQTT ends the older session of a client id) come back within seconds, and are never there at a time.
    static let lingerSeconds: Int64 = 30
    /// Places that are left and remembered; then the one that was left first is forgotten.
    private static let leftMax = 65_536

    /// Of issuer and serial number, seeded for the process, in the place of their octets: two that meet, one chance in 2^64, are
    /// an alarm too many.
    private struct Mark: Hashable {
        let digest: Int

        init(_ leaf: LeafRecord) {
            var hasher = Hasher()
            hasher.combine(leaf.issuer)
            hasher.combine(leaf.serial)
            digest = hasher.finalize()
        }
    }

    /// A network in which a certificate is in use. Small: there is one for nearly every session.
    private struct Place {
        /// The last session that began there.
        var decision: DecisionID
        var listener: String
        var source: IPAddress
        var port: UInt16
        var since: UnixSeconds
        var sessions: Int
        var leftAt: UnixSeconds

        func side(_ serial: SerialNumber) -> CloneAlarm.Side {
            CloneAlarm.Side(
                decision: decision, listener: listener,
                source: SocketAddress(ip: source.text, port: port).map { "\($0)" } ?? source.text, serial: serial, since: since,
                until: sessions == 0 ? leftAt : nil)
        }
    }

    private var places: [Mark: [Place]] = [:]
    private var left: [(mark: Mark, at: UnixSeconds)] = []
    /// In ``left``: what lies before it is forgotten.
    private var firstLeft = 0

    var isEmpty: Bool { places.isEmpty }

    /// - Returns: an alarm where the certificate is in use in another network, or was within ``lingerSeconds``.
    mutating func began(_ record: DecisionRecord, at now: UnixSeconds) -> CloneAlarm? {
        forgetWhoLeft(before: now)
        guard let identity = record.identity, let leaf = record.leaf, let source = record.source.ip else { return nil }
        let network = NetworkPrefix(subnetOf: source)
        let mark = Mark(leaf)
        let others = (places[mark] ?? []).filter { !network.contains($0.source) }
        let here = Place(
            decision: record.id, listener: record.listener, source: source, port: record.source.port ?? 0, since: now,
            sessions: 1, leftAt: now)
        enter(here, network, mark)
        if others.isEmpty { return nil }
        return CloneAlarm(
            finding: .networks, identity: identity, newcomer: here.side(leaf.serial), others: others.map { $0.side(leaf.serial) })
    }

    mutating func ended(_ leaf: LeafRecord?, from source: SocketAddress, at now: UnixSeconds) {
        forgetWhoLeft(before: now)
        guard let leaf, let source = source.ip else { return }
        let network = NetworkPrefix(subnetOf: source)
        let mark = Mark(leaf)
        guard let position = places[mark]?.firstIndex(where: { network.contains($0.source) && $0.sessions > 0 }) else { return }
        places[mark]?[position].sessions -= 1
        places[mark]?[position].leftAt = now
        if places[mark]?[position].sessions == 0 { left.append((mark, now)) }
    }

    private mutating func enter(_ newcomer: Place, _ network: NetworkPrefix, _ mark: Mark) {
        guard let position = places[mark]?.firstIndex(where: { network.contains($0.source) }) else {
            places[mark, default: []].append(newcomer)
            return
        }
        let sessions = places[mark]?[position].sessions ?? 0
        places[mark]?[position] = newcomer
        places[mark]?[position].sessions += sessions
    }

    private mutating func forgetWhoLeft(before now: UnixSeconds) {
        while firstLeft < left.count {
            let (mark, time) = left[firstLeft]
            guard time + Self.lingerSeconds < now || left.count - firstLeft > Self.leftMax else { break }
            firstLeft += 1
            // Whoever came back since is there, or left once more.
            places[mark]?.removeAll { $0.sessions == 0 && $0.leftAt <= time }
            if places[mark]?.isEmpty == true { places[mark] = nil }
        }
        if firstLeft > left.count / 2 {
            left.removeFirst(firstLeft)
            firstLeft = 0
        }
    }
}

extension SocketAddress {
    /// Nil for a unix socket.
    fileprivate var ip: IPAddress? { ipOctets.flatMap(IPAddress.init(octets:)) }
}
