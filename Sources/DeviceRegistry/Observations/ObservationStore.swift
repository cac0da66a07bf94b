import PKITypes

/// Where it is kept what listeners only report. No revision: nobody is decided by it.
///
/// Every store passes the same tests.
package protocol ObservationStore: Sendable {
    /// Adds what was seen to what was seen before, in one transaction.
    ///
    /// - Parameter rowsMax: of the store; whoever has a row finds room in it.
    /// - Returns: how many sightings found no room.
    func note(_ seen: [ObservedRefusal], rowsMax: Int) throws(StoreFailure) -> Int64

    /// By listener, identity, key and reason.
    ///
    /// - Parameters:
    ///   - listener: nil is every one.
    ///   - since: what was not seen again since is left out.
    func observations(of listener: String?, since: UnixSeconds) throws(StoreFailure) -> [ObservedRefusal]
}

extension ObservationStore {
    package func note(_ seen: [ObservedRefusal]) throws(StoreFailure) -> Int64 {
        try note(seen, rowsMax: ObservationLimit.rowsMax)
    }
}

package enum ObservationLimit {
    /// Rows of a store: more different devices than one gateway has.
    package static let rowsMax = 100_000
}
