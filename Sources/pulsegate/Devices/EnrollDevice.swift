import ArgumentParser
import DeviceRegistry
import PKITypes

/// `pulsegate devices enroll`
struct EnrollDevice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Add one device, provisioned: it may not connect before it is activated, or binds its key.")

    @OptionGroup var place: RegistryOptions
    @OptionGroup var author: AuthorOptions

    @Argument(help: ArgumentHelp("Its identity, such as urn:hospital:device:pump:0001.", valueName: "identity"))
    var identity: String

    @Option var owner = ""
    @Option var model = ""
    @Option(name: .customLong("udi-di")) var udiDI = ""
    @Option var lot = ""
    @Option var serialNumber = ""
    @Option var firmware = ""
    @Option var site = ""
    @Option var zone = ""
    @Option var notes = ""

    @Option(name: .customLong("ae-title"), help: ArgumentHelp("A DICOM AE title of its; may be repeated.", valueName: "title"))
    var aeTitles: [String] = []

    @Option(
        name: .customLong("mqtt-client-id"), help: ArgumentHelp("An MQTT client id of its; may be repeated.", valueName: "id"))
    var mqttClientIDs: [String] = []

    @Option(name: .customLong("hl7-sender"), help: ArgumentHelp("An HL7 sender of its; may be repeated.", valueName: "name"))
    var hl7Senders: [String] = []

    @Option(help: ArgumentHelp("An attribute that policies may require; may be repeated.", valueName: "name=value"))
    var posture: [String] = []

    @Option(help: ArgumentHelp("The SHA-256 of the public key that it will come with.", valueName: "hex"))
    var expectedKey: String?

    @Flag(help: "Print the record as JSON.")
    var json = false

    func validate() throws {
        guard !identity.isEmpty, identity.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
            throw ValidationError("'\(identity)' is not an identity such as urn:hospital:device:pump:0001")
        }
        if let expectedKey, KeyFingerprint(text: expectedKey) == nil {
            throw ValidationError("--expected-key '\(expectedKey)' is not 64 hexadecimal digits")
        }
        if !posture.isEmpty { _ = try PostureOptions.change(setting: posture) }
    }

    func run() throws {
        let context = author.context
        var record = DeviceRecord(
            identity: DeviceIdentity(text: identity), enrolledAt: context.time, enrolledBy: context.actor)
        record.description.owner = owner
        record.description.model = model
        record.description.udiDI = udiDI
        record.description.lot = lot
        record.description.serialNumber = serialNumber
        record.description.firmware = firmware
        record.description.site = site
        record.description.zone = zone
        record.description.notes = notes
        record.aliases =
            aeTitles.map { SenderAlias(.dicomAETitle, $0) } + mqttClientIDs.map { SenderAlias(.mqttClientID, $0) }
            + hl7Senders.map { SenderAlias(.hl7Sender, $0) }
        if !posture.isEmpty { record.posture = try PostureOptions.change(setting: posture).set }
        record.expectedKey = expectedKey.flatMap { KeyFingerprint(text: $0) }
        let directory = try place.directory(for: .change)
        let enrolled = record
        try CommandOutput.asking { () throws(RegistryFailure) in try directory.enroll(enrolled) }
        print(json ? InventoryText.json(record) : "\(identity): provisioned")
    }
}
