import GatewayTesting
import Glibc

/// The `pulsegate` executable that was built beside these tests.
enum ProgramUnderTest {
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        precondition(count > 0, "no /proc/self/exe")
        let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 } + "/pulsegate"
    }()

    struct Outcome {
        let code: Int32?
        let output: String
        let error: String
    }

    static func start(_ arguments: [String], environment: [String] = []) throws -> ChildProcess {
        try ChildProcess(path, arguments, environment: environment)
    }

    static func run(_ arguments: [String]) async throws -> Outcome {
        let child = try start(arguments)
        child.closeInput()
        let exit = await child.exit(within: .seconds(20))
        let code: Int32? = if case .code(let code)? = exit { code } else { nil }
        return Outcome(code: code, output: child.output, error: child.error)
    }
}
