import CLinuxShims
import Glibc

/// A hook's program: started without a shell, with the step on its standard input, and nothing else of ours.
struct HookProgram {
    private let command: [String]

    init(_ command: [String]) { self.command = command }

    private static let pollMicroseconds: UInt32 = 5_000
    private static let environment = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    func run(_ input: String, seconds: Double, isGivenUp: () -> Bool) -> HookCall.Outcome {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return Self.failure(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A program that does not read keeps nobody waiting.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        var process: pid_t = 0
        let code = spawn(&process, input: ends[0])
        close(ends[0])
        var pending = Pending(descriptor: ends[1], octets: Array(input.utf8)[...])
        defer { pending.close() }
        guard code == 0 else { return Self.failure(code) }
        return Self.wait(for: process, seconds: seconds, &pending, isGivenUp)
    }

    /// What the program has not taken yet.
    private struct Pending {
        var descriptor: Int32
        var octets: ArraySlice<UInt8>

        mutating func push() {
            while descriptor >= 0, !octets.isEmpty {
                let count = octets.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    octets = octets.dropFirst(count)
                } else if errno == EAGAIN {
                    return
                } else if errno != EINTR {
                    octets = []
                }
            }
            close()
        }

        mutating func close() {
            guard descriptor >= 0 else { return }
            Glibc.close(descriptor)
            descriptor = -1
        }
    }

    private func spawn(_ process: inout pid_t, input: Int32) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        CLinuxShims_close_from(&actions, STDERR_FILENO + 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The program's own signals, and a group of its own, which ends with it when it takes too long.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGPIPE, SIGTERM, SIGINT, SIGHUP] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETPGROUP))
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup(Self.environment), nil]
        defer { for text in arguments + environment { free(text) } }
        return posix_spawn(&process, command[0], &actions, &attributes, &arguments, &environment)
    }

    private static func wait(
        for process: pid_t, seconds: Double, _ pending: inout Pending, _ isGivenUp: () -> Bool
    ) -> HookCall.Outcome {
        var status: Int32 = 0
        let turns = Int(seconds * 1_000_000 / Double(pollMicroseconds))
        for _ in 0..<max(1, turns) {
            pending.push()
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return outcome(status) }
            if isGivenUp() { break }
            usleep(pollMicroseconds)
        }
        kill(-process, SIGKILL)
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return HookCall.Outcome(isSuccess: false, answer: "no end in time")
    }

    private static func outcome(_ status: Int32) -> HookCall.Outcome {
        let signal = status & 0x7f
        guard signal == 0 else { return HookCall.Outcome(isSuccess: false, answer: "signal \(signal)") }
        let code = status >> 8 & 0xff
        return HookCall.Outcome(isSuccess: code == 0, answer: "exit \(code)")
    }

    private static func failure(_ code: Int32) -> HookCall.Outcome {
        HookCall.Outcome(isSuccess: false, answer: String(cString: strerror(code)))
    }
}
