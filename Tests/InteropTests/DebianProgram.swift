import GatewayTesting

/// A program that Debian ships and a test runs for real. When it is missing the test fails and says what to install.
struct DebianProgram: Sendable {
    let name: String
    let package: String

    static let curl = Self(name: "curl", package: "curl")
    static let openssl = Self(name: "openssl", package: "openssl")
    static let mosquitto = Self(name: "mosquitto", package: "mosquitto")
    static let mosquittoPublish = Self(name: "mosquitto_pub", package: "mosquitto-clients")
    static let mosquittoSubscribe = Self(name: "mosquitto_sub", package: "mosquitto-clients")
    static let nginx = Self(name: "nginx", package: "nginx")
    static let echoSCU = Self(name: "echoscu", package: "dcmtk")
    static let storeSCU = Self(name: "storescu", package: "dcmtk")
    static let storeSCP = Self(name: "storescp", package: "dcmtk")

    enum Failure: Error, CustomStringConvertible {
        case missing(DebianProgram)
        case notStarted(DebianProgram, ChildProcess.Failure)
        case hangs(DebianProgram, after: Duration)
        case notServing(DebianProgram, said: String)

        var description: String {
            switch self {
            case .missing(let program):
                "\(program.name) is not installed; on Debian: apt-get install \(program.package) (`make deps` does it)"
            case .notStarted(let program, let failure): "\(program.name) cannot be started: \(failure)"
            case .hangs(let program, let limit): "\(program.name) did not end within \(limit)"
            case .notServing(let program, let said): "\(program.name) does not serve: \(said)"
            }
        }
    }

    /// What a program that ran to its end came to.
    struct Outcome: Sendable {
        let exit: ChildProcess.Exit
        let output: String
        let error: String

        var succeeded: Bool { exit == .code(0) }
        var text: String { output + error }
    }

    func start(_ arguments: [String]) throws(Failure) -> ChildProcess {
        do {
            return try ChildProcess(name, arguments)
        } catch {
            if case .notInstalled = error { throw .missing(self) }
            throw .notStarted(self, error)
        }
    }

    func run(_ arguments: [String], input: String = "", within limit: Duration = .seconds(20)) async throws -> Outcome {
        let child = try start(arguments)
        // A program that was refused may have ended before it reads anything.
        if !input.isEmpty { try? child.send(Array(input.utf8)) }
        child.closeInput()
        guard let exit = await child.exit(within: limit) else { throw Failure.hangs(self, after: limit) }
        return Outcome(exit: exit, output: child.output, error: child.error)
    }
}
