import ArgumentParser
import DeviceRegistry
import PKITypes

/// `pulsegate devices activate|quarantine|disable|retire|reinstate|rotate`: one verb on devices by name, or by filter.
struct ChangeDevices<Verb: DeviceVerb>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: Verb.command.name, abstract: Verb.abstract)
    }

    @OptionGroup var place: RegistryOptions
    @OptionGroup var author: AuthorOptions
    @OptionGroup var selection: SelectionOptions

    func validate() throws {
        if Verb.command.needsReason, author.reason.isEmpty { throw ValidationError("\(Verb.command.name) needs --reason") }
    }

    func run() throws { try selection.selection.perform(Verb.command, place, author.context) }
}

/// Something that a person has done to devices.
protocol DeviceVerb {
    static var command: DeviceCommand { get }
    static var abstract: String { get }
}

enum Activate: DeviceVerb {
    static let command = DeviceCommand.activate
    static let abstract = "Let devices connect: provisioned or quarantined ones; a rotation ends at once."
}

enum Quarantine: DeviceVerb {
    static let command = DeviceCommand.quarantine
    static let abstract = "Refuse devices for now; they may try again."
}

enum Disable: DeviceVerb {
    static let command = DeviceCommand.disable
    static let abstract = "Refuse devices until they are reinstated."
}

enum Retire: DeviceVerb {
    static let command = DeviceCommand.retire
    static let abstract = "Refuse devices for good, whatever their certificates say."
}

enum Reinstate: DeviceVerb {
    static let command = DeviceCommand.reinstate
    static let abstract = "Make disabled or retired devices provisioned again; a retired one needs a new key."
}

enum Rotate: DeviceVerb {
    static let command = DeviceCommand.rotate
    static let abstract = "Announce that active devices will come with a new key."
}

/// `pulsegate devices grant`
struct GrantDevices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Bind devices to a period, as a vendor's laptop; granted periods add up.")

    @OptionGroup var place: RegistryOptions
    @OptionGroup var author: AuthorOptions
    @OptionGroup var selection: SelectionOptions

    @Option(help: ArgumentHelp("The end: \(Moment.example).", valueName: "time"))
    var until: String

    @Option(help: ArgumentHelp("The beginning; default: now.", valueName: "time"))
    var from: String?

    func validate() throws {
        let now = CommandOutput.now()
        for text in [until, from ?? until] where Moment.read(text, after: now) == nil {
            throw ValidationError("'\(text)' is not a time such as \(Moment.example)")
        }
        if window(now) == nil { throw ValidationError("--until lies before the beginning") }
    }

    func run() throws {
        let context = author.context
        guard let window = window(context.time) else { throw ValidationError("--until lies before the beginning") }
        try selection.selection.perform(.grant(window), place, context)
    }

    private func window(_ now: UnixSeconds) -> TimeWindow? {
        guard let until = Moment.read(until, after: now) else { return nil }
        return TimeWindow(from: from.flatMap { Moment.read($0, after: now) } ?? now, until: until)
    }
}
