/// Where a device stands in its life. The registry's record says so, never a certificate.
///
/// ```
/// provisioned → active ⇄ rotating      quarantined: refused for now
///      ↑                               disabled: refused until a person reinstates it
///      └── reinstate ── retired        retired: only a person's act, and only a person's to undo
/// ```
package enum DeviceState: UInt8, CaseIterable, Sendable {
    // The numbers lie in stores: they stay.
    case provisioned = 1
    case active = 2
    case rotating = 3
    case quarantined = 4
    case disabled = 5
    case retired = 6

    /// The one word for it on the command line, in files and in logs.
    package var name: String {
        switch self {
        case .provisioned: "provisioned"
        case .active: "active"
        case .rotating: "rotating"
        case .quarantined: "quarantined"
        case .disabled: "disabled"
        case .retired: "retired"
        }
    }

    package init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }

    /// Why a device in this state is refused; nil where the state admits it.
    package var refusal: RefusalReason? {
        switch self {
        case .provisioned: .deviceProvisioned
        case .active, .rotating: nil
        case .quarantined: .deviceQuarantined
        case .disabled: .deviceDisabled
        case .retired: .deviceRetired
        }
    }
}
