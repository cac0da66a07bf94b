import ArgumentParser

/// `pulsegate devices`: the registry of devices.
struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "The registry: which devices there are, and where each stands in its life.",
        discussion: """
            provisioned → active ⇄ rotating; quarantined is refused for now; disabled until it is reinstated; retired for good, \
            however long its certificate is valid: a person may reinstate it, and then it needs a new key.

            Exit code 0: done, 1: no (unknown device, refused transition, faulty file), 2: usage, 3: could not.
            """,
        subcommands: [
            ImportDevices.self, ExportDevices.self, ListDevices.self, ShowDevice.self, RenewalsOfDevices.self, EnrollDevice.self,
            ChangeDevices<Activate>.self, ChangeDevices<Quarantine>.self, ChangeDevices<Disable>.self,
            ChangeDevices<Retire>.self, ChangeDevices<Reinstate>.self, ChangeDevices<Rotate>.self, GrantDevices.self,
            SetPosture.self, UnsetPosture.self,
        ]
    )
}
