import PKITypes

/// What the snapshot's devices say of one beside its state, for policies that ask.
package struct KnownDevice {
    /// Nil: it is not registered.
    let standing: DeviceStanding?
    let marks: DeviceMarks?
    let devices: DeviceIndex

    /// Of a path: nothing is known where it names nobody.
    package init(of path: VerifiedPath, in snapshot: VerificationSnapshot) {
        self.init(
            standing: path.marks.flatMap(snapshot.devices.standing), marks: path.marks, devices: snapshot.devices)
    }

    init(standing: DeviceStanding?, marks: DeviceMarks?, devices: DeviceIndex) {
        self.standing = standing
        self.marks = marks
        self.devices = devices
    }

    /// Nil where no attribute is known.
    package var posture: Posture? { standing.flatMap { devices.posture($0.posture) } }

    /// What was granted to it.
    package var windows: [Validity] { standing == nil ? [] : marks.map(devices.windows) ?? [] }
}
