import DeviceRegistry
import Glibc
import PKITypes

/// Moves devices of a store from state to state, as fast as it can, and says so after each acknowledged write: a line
/// `NUMBER STATE TRANSITIONS` on standard output.
@main
struct RegistryWriter {
    static let devices = 5

    static func main() throws {
        let registry = Registry(try SQLiteDeviceStore(path: CommandLine.arguments[1], examination: .none))
        var now = UnixSeconds(1_800_000_000)
        for number in 1...devices where try registry.record(of: identity(number)) == nil {
            try registry.enroll(DeviceRecord(identity: identity(number), enrolledAt: now, enrolledBy: .gateway))
        }
        while true {
            for number in 1...devices {
                now = now + 1
                let state = try registry.record(of: identity(number))?.record.state
                let event: LifecycleEvent = state == .active ? .quarantine : .activate
                let step = try registry.apply(event, to: identity(number), by: .person("writer"), reason: "test", at: now)
                let count = try registry.history(of: identity(number)).count
                tell("\(number) \(step.record.state.name) \(count)\n")
            }
        }
    }

    static func identity(_ number: Int) -> DeviceIdentity { DeviceIdentity(text: "urn:test:\(number)") }

    private static func tell(_ line: String) {
        let octets = Array(line.utf8)
        _ = octets.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
