/// What is allowed and yet worth a second look.
enum LintProblem: Problem {
    case admitsUnknownStatus(anchor: String)
    case admitsOnStaleLists(anchor: String)
    case noRevocationList(anchor: String)
    case vouchesForEverything(anchor: String)
    case systemTrustStore(path: String)
    case policyAdmitsAll(policy: String)
    case policyUnreachable(policy: String, after: String)
    case listenerWithoutPolicy(listener: String)
    case unused(Section, name: String)
    case plaintextUpstream(address: String)
    case metricsOffLoopback(address: String)
    case systemChosenPort(address: String)
    case aboveDescriptorLimit(needed: Int, limit: Int)
    case handshakesAboveConnections(listener: String)
    case resumesSessions(listener: String)
    case observes(listener: String, until: String)

    var severity: Finding.Severity { .warning }

    var sentence: String {
        switch self {
        case .admitsUnknownStatus(let anchor):
            "trust anchor '\(anchor)' admits certificates whose revocation status is unknown, expected `unknown: refuse`"
        case .admitsOnStaleLists(let anchor):
            "trust anchor '\(anchor)' admits every device on lists past their nextUpdate, expected `admit: none`"
        case .noRevocationList(let anchor):
            "trust anchor '\(anchor)' has no revocation list, expected crls: "
                + "without one every device is refused under `unknown: refuse`"
        case .vouchesForEverything(let anchor):
            "trust anchor '\(anchor)' may speak for every identity, expected vouches_for with those of its devices"
        case .systemTrustStore(let path):
            "'\(path)' is the system's trust store, expected the authorities of the devices: public ones vouch for anybody"
        case .policyAdmitsAll(let policy):
            "policy '\(policy)' admits every identity from every network, expected when.identity or require.networks"
        case .policyUnreachable(let policy, let earlier):
            "policy '\(policy)' is never reached, expected it before '\(earlier)', which matches every connection"
        case .listenerWithoutPolicy(let listener):
            "no policy names listener '\(listener)', expected one: every device there is refused"
        case .unused(let section, let name): "\(section.noun) '\(name)' is used by nothing, expected a listener that names it"
        case .plaintextUpstream(let address): "upstream address \(address) is off this machine and plain, expected tls"
        case .metricsOffLoopback(let address):
            "metrics at \(address) can be read from other machines without authentication, expected a loopback address"
        case .systemChosenPort(let address): "\(address) lets the system choose a port, expected a fixed one outside of tests"
        case .aboveDescriptorLimit(let needed, let limit):
            "limits.connections of all listeners need \(needed) file descriptors, "
                + "expected at most the process's \(limit); they are capped until it is raised (ulimit -n, LimitNOFILE=)"
        case .handshakesAboveConnections(let listener):
            "listener '\(listener)' allows more handshakes_in_flight than connections, expected at most as many"
        case .observes(let listener, let until):
            "listener '\(listener)' only reports refusals until \(until), expected no `observe` once the reports are empty: "
                + "devices that nobody registered, or that no policy allows, are admitted until then"
        case .resumesSessions(let listener):
            "listener '\(listener)' resumes sessions, expected `resumption: never` where reconnections are few: "
                + "for up to 8 h a device comes back without proving again that it holds its key"
        }
    }
}
