import EventLoop
import Testing

@testable import DataPlane

@Suite("What a probed device's kernel tells")
struct LifeProbeTests {
    @Test(
        "Only what came after the probe's start is life; three seconds of nothing are none",
        arguments: [
            (PeerLife(isEstablished: true, silentMilliseconds: 40), 40.0, SignOfLife?.none),
            (PeerLife(isEstablished: true, silentMilliseconds: 26), 40, nil),
            (PeerLife(isEstablished: true, silentMilliseconds: 10), 40, .alive),
            (PeerLife(isEstablished: true, silentMilliseconds: 90_000), 2_960, nil),
            (PeerLife(isEstablished: true, silentMilliseconds: 90_000), 3_000, .dead),
            (PeerLife(isEstablished: true, silentMilliseconds: 2_000), 3_000, .alive),
            (PeerLife(isEstablished: false, silentMilliseconds: 0), 40, .dead),
            (nil, 40, .dead),
        ] as [(PeerLife?, Double, SignOfLife?)])
    func signs(_ life: PeerLife?, _ elapsed: Double, _ sign: SignOfLife?) {
        #expect(LifeProbe.sign(in: life, afterMilliseconds: elapsed) == sign)
    }
}
