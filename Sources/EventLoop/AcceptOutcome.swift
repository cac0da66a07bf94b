import CLinuxShims
import Glibc

/// What one accept came to.
package enum AcceptOutcome: ~Copyable {
    case connection(OwnedDescriptor, peer: SocketAddress)
    /// Nobody is waiting.
    case wouldBlock
    /// The peer left, or a network error of its connection surfaced here (accept(2)): the next one may be waiting.
    case aborted
    /// Descriptors or memory ran out (EMFILE, ENFILE, ENOBUFS, ENOMEM): the waiting connection stays in the queue and
    /// the socket stays readable, so back off instead of trying again at once.
    case exhausted(errno: Int32)
}

extension SystemCall {
    /// Takes one connection, non-blocking and closed on exec.
    package static func accept(_ descriptor: Int32) -> AcceptOutcome {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let result = retrying {
            withGenericPointer(to: &storage) { Int(CLinuxShims_accept4(descriptor, $0, &length, flags)) }
        }
        if result >= 0 {
            let peer = SocketAddress(storage: storage, length: length)
            return .connection(OwnedDescriptor(adopting: Int32(result)), peer: peer)
        }
        switch Int32(-result) {
        case EAGAIN: return .wouldBlock
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(errno: Int32(-result))
        // The loops of a unix listener share one queue: another loop may have stopped it, and this one is about to be told.
        case EINVAL: return .wouldBlock
        default: return .aborted
        }
    }
}
