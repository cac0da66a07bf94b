import DeviceRegistry
import Synchronization

/// One import at a time, and how far it has come.
final class ImportDesk: Sendable {
    private let octets = Mutex<Int?>(nil)

    /// Nil when none is under way.
    var progress: Int? { octets.withLock { $0 } }

    func perform(_ body: (_ progress: (Int) -> Void) -> ExchangeAnswer) -> ExchangeAnswer {
        let isFree = octets.withLock { octets in
            guard octets == nil else { return false }
            octets = 0
            return true
        }
        guard isFree else { return RefusalText.answer(409, "import-under-way", "another import is under way") }
        defer { octets.withLock { $0 = nil } }
        return body { done in octets.withLock { $0 = done } }
    }
}
