import EventLoop
import Testing

@testable import DataPlane

@Suite("What a probed device's kernel tells")
struct LifeProbeTests {
    @Test(
        "What ends a silence is life; what came before, by the kernel's coarse clock, is not; three seconds of nothing are none",
        arguments: [
            (PeerLife(isEstablished: true, silentMilliseconds: 40), 40.0, 0.0, SignOfLife?.none),
            (PeerLife(isEstablished: true, silentMilliseconds: 26), 40, 0, nil),
            (PeerLife(isEstablished: true, silentMilliseconds: 10), 40, 0, .alive),
            (PeerLife(isEstablished: true, silentMilliseconds: 40), 2_040, 40, .alive),
            (PeerLife(isEstablished: true, silentMilliseconds: 2_040), 2_040, 40, nil),
            (PeerLife(isEstablished: true, silentMilliseconds: 92_960), 92_960, 2_960, nil),
            (PeerLife(isEstablished: true, silentMilliseconds: 93_000), 93_000, 3_000, .dead),
            (PeerLife(isEstablished: true, silentMilliseconds: 2_000), 3_000, 3_000, .alive),
            (PeerLife(isEstablished: false, silentMilliseconds: 0), 40, 40, .dead),
            (nil, 40, 40, .dead),
        ] as [(PeerLife?, Double, Double, SignOfLife?)])
    func signs(_ life: PeerLife?, _ silence: Double, _ asked: Double, _ sign: SignOfLife?) {
        #expect(LifeProbe.sign(in: life, silentUnlessHeard: silence, asked: asked) == sign)
    }
}
