import PKITypes
import PathValidation
import VerificationCore

extension JudgementTests.FixedEngine: ListSignerSource {
    func signers(named name: DistinguishedName, beside presented: Void, at now: UnixSeconds) -> [ValidatedPath] { [] }
}
