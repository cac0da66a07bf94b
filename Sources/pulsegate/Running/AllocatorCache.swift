import EventLoop
import Glibc

/// How many freed pieces of one size each thread of the C library keeps at hand.
///
/// OpenSSL 3.0 copies its tables, some hundred pieces, for each public key that it decodes; the seven that glibc keeps are gone
/// at once, and the others go the long way through the heap. glibc takes the number from its environment alone, before `main`.
enum AllocatorCache {
    private static let variable = "GLIBC_TUNABLES"
    private static let piecesOfOneSize = "glibc.malloc.tcache_count=\(CachedPieces.ofOneSize)"
    /// The C library takes its variable away where the file has more rights than who starts it. This one stays, and says that
    /// there is no third start.
    private static let mark = "PULSEGATE_STARTED_ANEW"

    /// Starts this program anew, as the same process, unless its environment says something about the C library already: what
    /// an operator wrote there counts. Returns when there is nothing to do, or it cannot be done; everything works then, too.
    ///
    /// To be called on the main thread before there are others: the new start keeps this thread's signal mask.
    static func enlarge() {
        if getenv(mark) != nil {
            // No business of the programs that hooks call.
            unsetenv(mark)
            unsetenv(variable)
            return
        }
        guard getenv(variable) == nil, let path = ownPath() else { return }
        setenv(variable, piecesOfOneSize, 1)
        setenv(mark, "1", 1)
        execv(path, CommandLine.unsafeArgv)
        unsetenv(variable)
        unsetenv(mark)
    }

    /// By its name, which the process then goes by, too. Nil when it is too long, or has been replaced.
    private static func ownPath() -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
