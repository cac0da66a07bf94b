import DER
import PKITypes
import RevocationLists

/// A list says the same read as a stream, in pieces of any size, as read whole by the plainest reader there is; read, it names
/// each certificate once, finds what it names, and lifts revocations only when it is a delta.
enum RevocationListProperty {
    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        try ListStreamProperty.check(input)
        guard let list = try? CertificateRevocationList(der: input) else { return }
        try promise((try? CertificateRevocationList(der: input + [0])) == nil, "an octet too many was accepted")
        try promise((try? CertificateRevocationList(der: Array(input.dropLast()))) == nil, "an octet too few was accepted")
        try promise(!list.issuer.canonical.isEmpty, "an empty issuer")
        try promise(
            list.toBeSigned.contains(list.issuerRange.lowerBound) && list.issuerRange.upperBound <= list.toBeSigned.upperBound
                && list.toBeSigned.upperBound < list.signature.lowerBound && list.signature.upperBound == input.count,
            "parts out of place"
        )
        try check(list.entries, of: list)
        for entry in list.entries { try promise(list.entry(for: entry.serial) == entry, "\(entry.serial) is not found") }
        for (issuer, entries) in list.entriesOfOthers {
            try promise(issuer != list.issuer, "the list's issuer among the others")
            try promise(
                list.support != .supported || list.issuingDistributionPoint?.isIndirect == true, "others in a direct list")
            try check(entries, of: list)
            for entry in entries { try promise(entries.entry(for: entry.serial) == entry, "\(entry.serial) is not found") }
        }
        if list.support == .supported, list.deltaBase != nil { try promise(list.number != nil, "a delta without a number") }
    }

    private static func check(_ entries: [RevokedEntry], of list: CertificateRevocationList) throws(BrokenPromise) {
        for (entry, next) in zip(entries, entries.dropFirst()) { try promise(entry.serial < next.serial, "entries out of order") }
        let lifts = entries.contains { $0.reason == .removeFromCRL }
        try promise(!lifts || list.deltaBase != nil, "a revocation lifted by a list that is no delta")
    }
}
