import Glibc

/// How many freed pieces of one size each thread of the C library keeps at hand.
///
/// OpenSSL 3.0 copies its tables, some hundred pieces, for each public key that it decodes; the seven that glibc keeps are gone
/// at once, and the others go the long way through the heap. glibc takes the number from its environment alone, before `main`.
enum AllocatorCache {
    private static let variable = "GLIBC_TUNABLES"
    private static let piecesOfOneSize = "glibc.malloc.tcache_count=127"

    /// Starts this program anew, as the same process, unless its environment says something about the C library already: what
    /// an operator wrote there counts. Returns when there is nothing to do, or it cannot be done; everything works then, too.
    static func enlarge() {
        if let found = getenv(variable) {
            // Ours, of the first start: it is no business of the programs that hooks call.
            if String(cString: found) == piecesOfOneSize { unsetenv(variable) }
            return
        }
        setenv(variable, piecesOfOneSize, 1)
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        unsetenv(variable)
    }
}
