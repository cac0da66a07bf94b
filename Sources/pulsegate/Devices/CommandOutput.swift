import ArgumentParser
import DeviceRegistry
import Glibc
import PKITypes

/// What the commands of the registry say, and how they end.
enum CommandOutput {
    static func now() -> UnixSeconds { UnixSeconds(Int64(time(nil))) }

    static func report(_ line: String) {
        let octets = Array((line + "\n").utf8)
        _ = octets.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    static func couldNot(_ cause: String) -> ExitCode {
        report("pulsegate devices: \(cause)")
        return ExitCode(3)
    }

    /// Runs what a registry is asked, and turns its failure into a line and an exit code.
    static func asking<Value>(_ body: () throws(RegistryFailure) -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            throw end(error)
        }
    }

    /// A registry that says no is 1, one that could not answer 3.
    static func end(_ failure: RegistryFailure) -> ExitCode {
        switch failure {
        case .unknownDevice, .enrolledAlready, .keyBelongsTo, .lifecycle: break
        case .store: return couldNot("\(failure)")
        case .remote(let remote): if !remote.isRefusal { return couldNot("\(failure)") }
        }
        report("pulsegate devices: \(failure)")
        return ExitCode(1)
    }
}
