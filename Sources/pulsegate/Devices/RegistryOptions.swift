import AdminClient
import ArgumentParser
import Configuration
import DeviceRegistry
import FileSystem
import Glibc
import PKITypes

/// Where the registry is.
struct RegistryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file, whose state_directory holds registry.sqlite.", valueName: "file"))
    var config = "/etc/pulsegate/pulsegate.yaml"

    @Option(help: ArgumentHelp("The registry's file itself; no configuration is read, no gateway asked.", valueName: "file"))
    var store: String?

    enum Purpose { case read, change }

    /// The running gateway's, when there is one: then a change is in force when the command returns. Otherwise the store
    /// itself; a gateway that runs by it all the same sees what is written there, a little later.
    func directory(for purpose: Purpose) throws -> any DeviceDirectory {
        if store == nil, let running = try runningGateway() { return running }
        let path = try store ?? pathOfConfiguration()
        // Who mistypes a path wants to hear of it, and not to find an empty registry there.
        guard purpose == .change || access(path, F_OK) == 0 else {
            throw CommandOutput.couldNot("\(path): there is no registry; 'devices import' or 'devices enroll' makes one")
        }
        do { return Registry(try SQLiteDeviceStore(path: path, examination: .none)) } catch {
            throw CommandOutput.couldNot("\(error)")
        }
    }

    private func runningGateway() throws -> RemoteDirectory? {
        guard let path = ConfigurationReader.adminSocket(file: config) else { return nil }
        let socket = AdminSocket(path: path)
        if socket.answers { return RemoteDirectory(socket) }
        guard let directory = ConfigurationReader.stateDirectory(file: config), DirectoryLock.isHeld(directory) else {
            return nil
        }
        throw CommandOutput.couldNot(
            "a gateway runs in \(directory), and its admin socket \(path) does not answer; --store works on the file beside it")
    }

    private func pathOfConfiguration() throws -> String {
        let reading: ConfigurationResult
        do { reading = try ConfigurationReader.read(file: config) } catch { throw CommandOutput.couldNot("\(error)") }
        guard let configuration = reading.configuration else {
            throw CommandOutput.couldNot("\(config) has errors ('pulsegate check'); --store names the registry's file directly")
        }
        return "\(configuration.stateDirectory)/registry.sqlite"
    }
}

/// Who changes something, and why.
struct AuthorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Why, in a few words; stands in the device's history.", valueName: "text"))
    var reason = ""

    @Option(help: ArgumentHelp("Who; default: the login name.", valueName: "name"))
    var actor: String?

    func validate() throws {
        guard actor?.isEmpty != true else { throw ValidationError("--actor is empty") }
    }

    var context: CommandContext {
        CommandContext(actor: .person(actor ?? Self.loginName), reason: reason, time: CommandOutput.now())
    }

    /// Behind sudo it is who called it.
    private static var loginName: String {
        if let name = getenv("SUDO_USER").map({ String(cString: $0) }), !name.isEmpty, geteuid() == 0 { return name }
        guard let account = getpwuid(getuid()), let name = account.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }
}
