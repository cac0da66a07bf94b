import PKITypes
import PathValidation
import X509

/// Whether lists are signed by certificates, for one judgement: each pair is checked once, however many paths ask, and all
/// within a budget.
///
/// What exceeds the budget counts as not signed: the list stays unproven and speaks for nobody. Nobody is admitted by a
/// judgement whose budget ran out, because the list that was left out might have revoked.
final class ListSignatures<Checker: ListSignatureChecker> {
    private struct Pair: Hashable {
        let list: ObjectIdentifier
        let certificate: [UInt8]
    }

    let checker: Checker
    private var microsecondsLeft: Int
    private var answers: [Pair: Bool] = [:]
    private(set) var isExhausted = false

    init(_ checker: Checker, within microseconds: Int = ListSignerWork.maximumSignatureMicroseconds) {
        self.checker = checker
        microsecondsLeft = microseconds
    }

    func isSigned(_ list: IndexedList, by signer: Certificate) -> Bool {
        let pair = Pair(list: ObjectIdentifier(list), certificate: signer.bytes)
        if let known = answers[pair] { return known }
        let cost = ListSignerWork.signatureMicroseconds(PublicKeyKind(of: signer))
        guard cost <= microsecondsLeft else {
            isExhausted = true
            return false
        }
        microsecondsLeft -= cost
        let answer = checker.isSigned(list.signature, by: signer.bytes)
        answers[pair] = answer
        return answer
    }
}
