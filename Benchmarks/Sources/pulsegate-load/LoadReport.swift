import COpenSSL
import FoundationEssentials
import LoadClient

/// A run's outcome as it is printed.
struct LoadReport: Encodable {
    struct Latency: Encodable {
        let p50: Double
        let p90: Double
        let p99: Double
        let p999: Double
        let max: Double

        init(_ histogram: LatencyHistogram) {
            func milliseconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds / 1000) / 1000 }
            p50 = milliseconds(histogram.percentile(0.5))
            p90 = milliseconds(histogram.percentile(0.9))
            p99 = milliseconds(histogram.percentile(0.99))
            p999 = milliseconds(histogram.percentile(0.999))
            max = milliseconds(histogram.maximum)
        }
    }

    let mode: LoadPlan.Mode.Name
    let target: String
    let ending: LoadOutcome.Ending
    let parallel: Int
    let credentials: Int
    let started: Int
    let succeeded: Int
    let resumed: Int
    let failed: Int
    let failures: [String: Int]
    let agreements: [String: Int]
    let connectionsWithTicket: Int
    let seconds: Double
    let exchangeSeconds: Double
    let connectionsPerSecond: Double
    let messages: UInt64
    let bytesEchoed: UInt64
    let handshakeMilliseconds: Latency
    let messageMilliseconds: Latency
    let connectionMilliseconds: Latency
    let clientCPUSeconds: Double
    let openssl: String

    init(_ outcome: LoadOutcome, plan: LoadPlan, target: String, credentials: Int, clientCPUSeconds: Double) {
        mode = plan.mode.name
        self.target = target
        ending = outcome.ending
        parallel = plan.parallel
        self.credentials = credentials
        started = outcome.started
        succeeded = outcome.succeeded
        resumed = outcome.resumed
        failed = outcome.failed
        failures = Dictionary(uniqueKeysWithValues: outcome.failures.map { ($0.key.description, $0.value) })
        agreements = outcome.agreements
        connectionsWithTicket = outcome.connectionsWithTicket
        seconds = Double(outcome.elapsedNanoseconds) / 1e9
        exchangeSeconds = Double(outcome.exchangeNanoseconds) / 1e9
        connectionsPerSecond = outcome.elapsedNanoseconds > 0 ? Double(outcome.succeeded) / seconds : 0
        messages = outcome.messages
        bytesEchoed = outcome.bytesEchoed
        handshakeMilliseconds = Latency(outcome.handshakeLatencies)
        messageMilliseconds = Latency(outcome.messageLatencies)
        connectionMilliseconds = Latency(outcome.connectionLatencies)
        self.clientCPUSeconds = clientCPUSeconds
        openssl = String(cString: OpenSSL_version(OPENSSL_VERSION))
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
