import ArgumentParser
import Configuration
import DeviceRegistry
import PKITypes

/// Which devices; every option that is given must hold.
struct FilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("In this state; may be repeated.", valueName: "state"))
    var state: [DeviceState] = []

    @Option(help: ArgumentHelp("Of this model.", valueName: "text"))
    var model: String?

    @Option(name: .customLong("udi-di"), help: ArgumentHelp("With this UDI device identifier.", valueName: "text"))
    var udiDI: String?

    @Option(help: ArgumentHelp("Of this lot.", valueName: "text"))
    var lot: String?

    @Option(help: ArgumentHelp("Of this owner.", valueName: "text"))
    var owner: String?

    @Option(help: ArgumentHelp("At this site.", valueName: "text"))
    var site: String?

    @Option(help: ArgumentHelp("In this zone.", valueName: "text"))
    var zone: String?

    @Option(help: ArgumentHelp("With a good credential of this trust anchor, or issuer's name.", valueName: "name"))
    var ca: String?

    @Option(help: ArgumentHelp("Not seen for so long, as 90d.", valueName: "duration"))
    var idle: String?

    @Flag(help: "Without an owner.")
    var ownerless = false

    @Option(help: ArgumentHelp("Whose last good credential ends within, as 30d.", valueName: "duration"))
    var expiring: String?

    @Flag(help: "Retired, while a certificate of theirs has not expired.")
    var certificateValidButRetired = false

    @Flag(help: "Active, and never seen; or not since a window that was granted began.")
    var rightsNeverUsed = false

    func validate() throws {
        for (name, text) in [("idle", idle), ("expiring", expiring)] {
            guard let text else { continue }
            guard UnitText.seconds(text) != nil else {
                throw ValidationError("--\(name) '\(text)' is not a duration such as 90d")
            }
        }
    }

    var filter: DeviceFilter {
        var filter = DeviceFilter()
        filter.states = Set(state)
        (filter.model, filter.udiDI, filter.lot, filter.owner) = (model, udiDI, lot, owner)
        (filter.site, filter.zone, filter.authority) = (site, zone, ca)
        filter.idleSeconds = idle.flatMap(UnitText.seconds)
        filter.expiringSeconds = expiring.flatMap(UnitText.seconds)
        filter.onlyOwnerless = ownerless
        filter.onlyValidButRetired = certificateValidButRetired
        filter.onlyRightsNeverUsed = rightsNeverUsed
        return filter
    }
}

extension DeviceState: ExpressibleByArgument {
    package init?(argument: String) { self.init(name: argument) }
    package static var allValueStrings: [String] { allCases.map(\.name) }
}
