import ArgumentParser
import Glibc
import LinuxPolling
import LoadClient

/// One invocation of a mode: set-up, run, report, exit code.
struct LoadSession {
    private let options: ConnectionOptions
    private let mode: LoadPlan.Mode
    private let parallel: Int
    private let resumption: LoadPlan.Resumption

    /// Descriptors beside the connections: standard streams, epoll, signals.
    private static let reservedDescriptors = 32

    init(_ options: ConnectionOptions, mode: LoadPlan.Mode, parallel: Int, resumption: LoadPlan.Resumption = .never) {
        self.resumption = resumption
        self.options = options
        self.mode = mode
        self.parallel = parallel
    }

    func run() throws {
        let stop = try StopSignals()
        let atOnce: Int
        switch mode {
        case .handshake(let connections, _): atOnce = min(parallel, connections)
        case .pingpong, .stream, .idle, .churn: atOnce = parallel
        }
        try raiseDescriptorLimit(to: atOnce + Self.reservedDescriptors)
        let plan = LoadPlan(
            mode: mode, parallel: atOnce, timeoutNanoseconds: UInt64(options.timeout * 1e9), resumption: resumption
        )
        let credentials = try options.loadCredentials()
        let load = try LoadRun(
            plan: plan,
            target: try SocketAddress(options.target),
            serverName: options.serverName,
            context: try TLSClientContext(options.tlsSettings),
            credentials: credentials
        )
        let line = ProgressLine()
        let before = processCPUSeconds()
        let outcome = try load.run(until: stop.raw) { line.show($0, of: plan) }
        line.clear()
        let report = LoadReport(
            outcome, plan: plan, target: options.target, credentials: credentials.count,
            clientCPUSeconds: processCPUSeconds() - before
        )
        if options.json {
            print(try report.json())
        } else {
            for text in LoadSummary(report: report).lines { print(text) }
        }
        if outcome.ending == .interrupted { throw ExitCode(LoadExit.interrupted) }
        if !outcome.isFlawless { throw ExitCode(LoadExit.someFailed) }
    }

    private func raiseDescriptorLimit(to needed: Int) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur < rlim_t(needed) else { return }
        guard limit.rlim_max >= rlim_t(needed) else {
            throw ValidationError(
                "--parallel \(parallel) needs \(needed) descriptors, the limit is \(limit.rlim_max) (ulimit -Hn)")
        }
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw SystemFailure("setrlimit", code: errno)
        }
    }

    private func processCPUSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The exit codes, the same as the gateway's; 130 is the shell's word for Ctrl-C.
enum LoadExit {
    static let someFailed: Int32 = 1
    static let usage: Int32 = 2
    static let couldNot: Int32 = 3
    static let interrupted: Int32 = 130
}
