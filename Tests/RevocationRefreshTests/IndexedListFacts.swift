import RevocationLists
import VerificationCore

/// What tests compare of a loaded list.
struct IndexedListFacts {
    let source: String
    let anchorEntry: String
    let number: String?
    let entryCount: Int
    let isProven: Bool
    let isSupported: Bool

    init(_ list: IndexedList) {
        source = list.source
        anchorEntry = list.anchorEntry
        number = list.number?.description
        entryCount = list.entryCount
        isProven = list.isProven
        isSupported = list.support == .supported
    }
}
