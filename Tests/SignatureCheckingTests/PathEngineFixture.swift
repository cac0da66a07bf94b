import LabPKI
import PKITypes
import PathValidation
import SignatureChecking

/// An engine for a root of the laboratory, and what it says of a leaf.
struct PathEngineFixture {
    let root: LabCertificateAuthority
    let issuing: LabCertificateAuthority

    init() throws {
        root = try LabCertificateAuthority()
        issuing = try root.issueIntermediate()
    }

    struct Unreadable: Error {}

    func engine(
        anchors: [LabCertificate]? = nil, intermediates: [[UInt8]] = [], _ policy: PathPolicy = PathPolicy(maximumDepth: 5)
    ) throws -> OpenSSLPathEngine {
        let anchors = (anchors ?? [root.certificate]).map(\.der)
        let trust = OpenSSLPathEngine.Anchors(entry: "devices", certificates: anchors)
        guard let engine = OpenSSLPathEngine(trust: [trust], intermediates: intermediates, policy: policy) else {
            throw Unreadable()
        }
        return engine
    }

    func validate(
        _ leaf: LabCertificate, others: [[UInt8]]? = nil, _ engine: OpenSSLPathEngine? = nil, at now: UnixSeconds = LabTime.now()
    ) throws -> ValidatedPath {
        guard let presented = PresentedCertificates(leaf: leaf.der, others: others ?? leaf.intermediates) else {
            throw Unreadable()
        }
        return try (engine ?? self.engine()).validate(presented, at: now)
    }

    /// The reason of a refusal, or nil for a path.
    func refusal(
        _ leaf: LabCertificate, others: [[UInt8]]? = nil, _ engine: OpenSSLPathEngine? = nil, at now: UnixSeconds = LabTime.now()
    ) throws -> RefusalReason? {
        do {
            _ = try validate(leaf, others: others, engine, at: now)
            return nil
        } catch let failure as PathFailure {
            return failure.reason
        }
    }
}
