import PKITypes
import Testing

@Suite("Device states")
struct DeviceStateTests {
    @Test("A state has one name and one number, and both lead back to it", arguments: DeviceState.allCases)
    func names(state: DeviceState) {
        #expect(DeviceState(name: state.name) == state && DeviceState(rawValue: state.rawValue) == state)
        #expect(DeviceState(name: state.name.uppercased()) == nil)
    }

    @Test("Active and rotating devices are admitted, all others refused: quarantine for now, retirement for good")
    func refusals() {
        #expect(DeviceState.allCases.filter { $0.refusal == nil } == [.active, .rotating])
        #expect(DeviceState.quarantined.refusal?.permanence == .temporary)
        #expect(DeviceState.provisioned.refusal?.permanence == .temporary)
        #expect(DeviceState.disabled.refusal?.permanence == .permanent)
        #expect(DeviceState.retired.refusal == .deviceRetired)
    }
}
