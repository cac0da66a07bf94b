/// What is fuzzed: each target turns octets into input for one part of the gateway and holds the outcome against promises.
///
/// `Tests/Fuzzing/run` explores them with libFuzzer; `FuzzTests` replays what was found with every `make test`.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case der
    case certificate
    case pem
    case revocationList = "revocation-list"
    case revocationIndex = "revocation-index"
    case nameConstraints = "name-constraints"
    case pathSearch = "path-search"
    case proxyHeader = "proxy-header"
    case configuration
    /// A planted fault. A fuzzer that does not find it finds nothing.
    case canary

    package func check(_ input: [UInt8]) throws(BrokenPromise) {
        switch self {
        case .der: try DERProperty.check(input)
        case .certificate: try CertificateProperty.check(input)
        case .pem: try PEMProperty.check(input)
        case .revocationList: try RevocationListProperty.check(input)
        case .revocationIndex: try RevocationIndexProperty.check(input)
        case .nameConstraints: try NameConstraintProperty.check(input)
        case .pathSearch: try PathSearchProperty.check(input)
        case .proxyHeader: try PROXYHeaderProperty.check(input)
        case .configuration: try ConfigurationProperty.check(input)
        case .canary: try Canary.check(input)
        }
    }
}

/// Something that has to hold for every input, and does not for this one.
package struct BrokenPromise: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

func promise(_ holds: Bool, _ what: @autoclosure () -> String) throws(BrokenPromise) {
    if !holds { throw BrokenPromise(what()) }
}
