import EventLoop

/// The last moments of a device's socket after a final alert: our side is closed, what the device still sends is thrown away.
///
/// Closing at once would answer those octets with RST, and the device would read "connection reset" instead of the alert.
enum Linger {
    /// Long enough for a device on a slow link to read an alert; it holds a descriptor for so long at the most.
    static let seconds = 2.0
    /// More than a first flight of telemetry; a device that sends on is reset.
    static let octetLimit = 256 << 10

    enum Progress { case waiting, done }

    /// Throws away what has come.
    static func discard(_ descriptor: Int32, scratch: UnsafeMutableRawBufferPointer, discarded: inout Int) -> Progress {
        while discarded < octetLimit {
            switch SystemCall.read(descriptor, into: scratch) {
            case .bytes(let count): discarded += count
            case .wouldBlock: return .waiting
            case .endOfFile, .failed: return .done
            }
        }
        return .done
    }
}
