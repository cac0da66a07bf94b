import DataPlane
import PKITypes

/// What it costs a loop to find the live sessions that a change names, among a million.
struct LiveSessionStory {
    static let title = "1,000,000 live sessions of one loop"
    private static let sessions = 1_000_000
    /// Each of which issued as many devices.
    private static let authorities = 1_000
    private static let callsPerRound = 10_000

    let table: ResultTable

    func tell() throws {
        table.begin(Self.title)
        let devices = (0..<Self.sessions).map { Self.key("device", $0) }
        let authorities = (0..<Self.authorities).map { Self.key("authority", $0) }
        let identities = (0..<Self.sessions).map { Self.key("identity", $0) }
        let before = ResidentMemory.octets()
        var index = LiveSessions<Int>()
        var places: [LivePlace] = []
        places.reserveCapacity(Self.sessions)
        let begin = CallTime(once: {
            for number in 0..<Self.sessions {
                let keys = [devices[number], authorities[number % Self.authorities], identities[number]]
                places.append(index.insert(number, under: keys))
            }
        })
        let octets = ResidentMemory.octets() - before - Self.sessions * MemoryLayout<LivePlace>.size
        let each = ResultTable.rounded(Double(octets) / Double(Self.sessions), 0)
        table.row("a session begins, three keys", Self.each(begin), "\(each) resident octets a session")
        for count in [1, 1000] {
            let time = try CallTime(calls: Self.callsPerRound / count) { call in
                var found = 0
                for number in 0..<count {
                    index.forEach(under: devices[(call * count + number) * 97 % Self.sessions]) { _ in found += 1 }
                }
                guard found == count else { throw Disagreement(question: "sessions of devices") }
            }
            table.row("find the sessions of \(count) revoked device\(count == 1 ? "" : "s")", time)
        }
        let time = try CallTime(calls: Self.authorities) { call in
            var found = 0
            index.forEach(under: authorities[call]) { _ in found += 1 }
            guard found == Self.sessions / Self.authorities else { throw Disagreement(question: "sessions of an authority") }
        }
        table.row("find the 1000 sessions of a revoked authority", time)
        let end = CallTime(once: { for place in places { index.remove(place) } })
        table.row("a session ends", Self.each(end))
    }

    private static func each(_ time: CallTime) -> String {
        ResultTable.text(nanoseconds: time.nanoseconds / Double(sessions))
    }

    private static func key(_ kind: String, _ number: Int) -> LiveSessionKey {
        LiveSessionKey(
            CredentialID(
                anchorEntry: kind, issuer: DistinguishedName(canonical: [1], display: "ca"),
                serial: SerialNumber(high: 0, middle: 0, low: UInt64(number), count: 8)))
    }
}
