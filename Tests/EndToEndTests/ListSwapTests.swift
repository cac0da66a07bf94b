import Foundation
import GatewayTesting
import LabPKI
import PKITypes
import Testing

/// T29: lists are swapped every 100 ms under handshakes, PULSEGATE_SOAK_HANDSHAKES of them, without one wrong verdict.
@Suite("Lists that are swapped under handshakes")
struct ListSwapTests {
    private static let handshakes = ProcessInfo.processInfo.environment["PULSEGATE_SOAK_HANDSHAKES"].flatMap { Int($0) } ?? 60
    private static let devices = 4

    @Test("T29: who is in every list is refused, who is in none is served")
    func soak() async throws {
        let pki = try DevicePKI()
        let (revoked, good) = (try pki.pump(1), try pki.pump(2))
        let fixture = try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            pki: { pki },
            files: { directory, pki in
                try pki.issuing.revocationList(revoking: [LabRevokedEntry(revoked)]).write(to: directory.file("issuing.crl"))
            }
        )
        let over = Kept<Bool>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await blocking {
                    let live = try fixture.client(good)
                    var number: UInt64 = 2
                    while over.values.isEmpty {
                        // Small and large by turns, so that records are in memory and on the disk.
                        let filler = (0..<(number % 2 == 0 ? 6000 : 10)).map { index in
                            LabRevokedEntry(serial: [2, UInt8(index >> 8), UInt8(index & 0xff), UInt8(number % 251)])
                        }
                        try fixture.revoke(filler + [LabRevokedEntry(revoked)], number: number)
                        #expect(try live.greet() == .served)
                        number += 1
                        usleep(100_000)
                    }
                    #expect(number > 2)
                }
            }
            let wrong = Kept<String>()
            let late = Kept<Bool>()
            try await withThrowingTaskGroup(of: Void.self) { attempts in
                for device in 0..<Self.devices {
                    attempts.addTask {
                        for turn in 0..<(Self.handshakes / Self.devices) {
                            let isGood = (turn + device) % 2 == 0
                            let outcome = try await fixture.attempt(isGood ? good : revoked)
                            switch (isGood, outcome) {
                            case (true, .served), (false, .alert(44)): break
                            // Its record had to be read from the disk, after the handshake: the file was just written.
                            case (false, .ended(.closeNotify)): late.add(true)
                            default: wrong.add("\(isGood ? "good" : "revoked"): \(outcome)")
                            }
                        }
                    }
                }
                try await attempts.waitForAll()
            }
            #expect(wrong.values == [], "\(Self.unusual(fixture.log))")
            let refused = try await fixture.log.lines("refused", atLeast: Self.handshakes / Self.devices / 2 * Self.devices)
            #expect(Set(refused.map { $0.fields["reason"] }) == ["revoked"])
            // Each of them is a refusal that was decided after the handshake, which has no alert of its own.
            #expect(refused.count { $0.fields["alert"] == nil } == late.values.count)
            if Self.handshakes > 60 { print("refused after the handshake: \(late.values.count) of \(refused.count)") }
            over.add(true)
            try await group.waitForAll()
        }
        await fixture.gateway.stop()
    }

    /// What the gateway says of ends that a soak does not expect, to tell a wrong verdict from an upstream that was not there.
    private static func unusual(_ log: CapturedLog) -> [String] {
        log.lines.filter { $0.level >= .warning || $0.message == "refused" && $0.fields["reason"] != "revoked" }
            .suffix(20).map { "\($0.message) \($0.fields)" }
    }
}
