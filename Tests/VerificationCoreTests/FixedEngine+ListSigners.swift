import PKITypes
import PathValidation
import VerificationCore
import X509

extension JudgementTests.FixedEngine: ListSignerSource {
    func signers(
        named name: DistinguishedName, under anchorEntry: String, beside presented: Void, at now: UnixSeconds,
        _ work: inout ListSignerWork, that haveSigned: (Certificate) -> Bool
    ) -> [ValidatedPath] { [] }
}
