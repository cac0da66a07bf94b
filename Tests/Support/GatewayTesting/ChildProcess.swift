import Foundation
import Glibc
import Synchronization

/// A real program run by a test: mosquitto, nginx, openssl, curl. It is killed when its last owner lets go.
///
/// Its output goes to files, so a program that talks a lot never blocks on a reader that looks elsewhere.
package final class ChildProcess: Sendable {
    package enum Exit: Equatable, Sendable {
        case code(Int32)
        case signal(Int32)
    }

    package enum Failure: Error, Equatable, Sendable {
        case notInstalled(program: String)
        case notStarted(program: String, errno: Int32)
        /// The program closed its input, or has ended.
        case inputRefused(errno: Int32)
    }

    package let processID: pid_t
    private let directory = TemporaryDirectory()
    /// The exit once it was collected, and the descriptor of the input while it is open. The id may be signalled only
    /// until the exit is collected: after that it may be another process's.
    private let state: Mutex<(exit: Exit?, input: Int32?)>

    /// How often a deadline is looked at.
    private static let pollInterval = Duration.milliseconds(5)

    /// `program` is a path, or a name to be found on PATH or where Debian keeps servers.
    package init(_ program: String, _ arguments: [String] = [], environment: [String] = []) throws(Failure) {
        guard let path = Self.find(program) else { throw .notInstalled(program: program) }
        let (started, input) = try Self.spawn(
            path, arguments, environment: environment, output: directory.file("stdout"), error: directory.file("stderr")
        )
        processID = started
        state = Mutex((nil, input))
    }

    /// Runs a program to its end with this input; nil when the deadline came first (the program is then killed).
    package static func run(
        _ program: String, _ arguments: [String] = [], input: String = "", within limit: Duration = .seconds(10)
    ) async throws -> (exit: Exit, output: String, error: String)? {
        let child = try ChildProcess(program, arguments)
        if !input.isEmpty { try child.send(Array(input.utf8)) }
        child.closeInput()
        guard let exit = await child.exit(within: limit) else { return nil }
        return (exit, child.output, child.error)
    }

    package var outputOctets: [UInt8] { Self.contents(directory.file("stdout")) }
    package var output: String { String(decoding: outputOctets, as: UTF8.self) }
    package var error: String { String(decoding: Self.contents(directory.file("stderr")), as: UTF8.self) }

    /// Writes to the program's input; blocks while the program does not read it.
    package func send(_ octets: [UInt8]) throws(Failure) {
        let code = state.withLock { state -> Int32 in
            guard let input = state.input else { return EPIPE }
            var rest = octets[...]
            while !rest.isEmpty {
                // The input is a socket so that a program that is gone is an error here and not SIGPIPE.
                let count = rest.withUnsafeBytes { Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                rest = rest.dropFirst(count)
            }
            return 0
        }
        guard code == 0 else { throw .inputRefused(errno: code) }
    }

    /// The program reads an end of file.
    package func closeInput() {
        state.withLock { state in
            if let input = state.input { close(input) }
            state.input = nil
        }
    }

    package func signal(_ number: Int32) {
        state.withLock { state in
            if state.exit == nil { kill(processID, number) }
        }
    }

    package var isRunning: Bool { collectExit(WNOHANG) == nil }

    /// Nil when the program still runs at the end of `limit`.
    package func exit(within limit: Duration) async -> Exit? {
        _ = await becomesTrue(within: limit) { !self.isRunning }
        return collectExit(WNOHANG)
    }

    /// Whether the program wrote `text`, on either stream, within `limit`.
    package func says(_ text: String, within limit: Duration) async -> Bool {
        await becomesTrue(within: limit) { (self.output + self.error).contains(text) }
    }

    deinit {
        signal(SIGKILL)
        closeInput()
        _ = collectExit(0)
    }

    private func becomesTrue(within limit: Duration, _ condition: () -> Bool) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while !condition() {
            guard ContinuousClock.now < deadline, !Task.isCancelled else { return condition() }
            try? await Task.sleep(for: Self.pollInterval)
        }
        return true
    }

    private func collectExit(_ options: Int32) -> Exit? {
        state.withLock { state in
            if state.exit != nil { return state.exit }
            var status: Int32 = 0
            guard waitpid(processID, &status, options) == processID else { return nil }
            let number = status & 0x7f
            state.exit = number == 0 ? .code((status >> 8) & 0xff) : .signal(number)
            return state.exit
        }
    }
}

extension ChildProcess {
    private static func find(_ program: String) -> String? {
        if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
        let listed = getenv("PATH").map { String(cString: $0).split(separator: ":").map { String($0) } } ?? []
        return (listed + ["/usr/sbin", "/sbin"]).map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    private static func spawn(
        _ path: String, _ arguments: [String], environment: [String], output: String, error: String
    ) throws(Failure) -> (pid_t, input: Int32) {
        // A socket is made close-on-exec in one step, so no program started meanwhile inherits it.
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .notStarted(program: path, errno: errno) }
        defer { close(ends[1]) }
        shutdown(ends[0], Int32(SHUT_RD))

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // What other tests have open just now, or lost, is not the program's.
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in open.compactMap(Int32.init) where descriptor > 2 && descriptor != ends[1] {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        // What a test process ignores or blocks is not the program's business.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var child: pid_t = 0
        let code = withCStrings([path] + arguments) { words in
            withCStrings(environment + inheritedEnvironment()) { posix_spawn(&child, path, &actions, &attributes, words, $0) }
        }
        guard code == 0 else {
            close(ends[0])
            throw .notStarted(program: path, errno: code)
        }
        return (child, ends[0])
    }

    /// A variable that comes twice is read the first time, so a test's own go before these.
    private static func inheritedEnvironment() -> [String] {
        let names = ["PATH", "HOME", "TMPDIR", "LANG"]
        return names.compactMap { name -> String? in getenv(name).map { "\(name)=\(String(cString: $0))" } }
    }

    private static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }

    private static func contents(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return octets }
            octets += chunk.prefix(count)
        }
    }
}
