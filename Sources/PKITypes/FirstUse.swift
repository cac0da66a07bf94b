/// When a key that a device shows for the first time becomes its own. Strict first.
package enum FirstUse: String, CaseIterable, Sendable {
    /// The key must stand in the record before the device comes.
    case mustBePreRegistered = "pre-registered"
    case binds
}
