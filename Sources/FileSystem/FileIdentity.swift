import Glibc

/// Which file it is, and in which state: two readings with the same identity read the same octets.
///
/// The kernel stamps a change with its clock's last tick, so a second write within a tick leaves no trace in the times. Only an
/// identity that had settled when the file was read can be relied upon (``isSettled(at:)``).
package struct FileIdentity: Hashable, Sendable {
    /// How long a file must have been left alone: a tick is 10 ms at most, and file systems with whole seconds need one.
    package static let settlingNanoseconds: Int64 = 2_000_000_000

    package let device: UInt64
    package let inode: UInt64
    package let octets: Int64
    /// Of its contents, in nanoseconds since 1970. Anybody may set it back, which ``changed`` then tells.
    package let modified: Int64
    /// Of its contents or its attributes, in nanoseconds since 1970.
    package let changed: Int64

    package init(device: UInt64, inode: UInt64, octets: Int64, modified: Int64, changed: Int64) {
        self.device = device
        self.inode = inode
        self.octets = octets
        self.modified = modified
        self.changed = changed
    }

    init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), octets: Int64(status.st_size),
            modified: Self.nanoseconds(status.st_mtim), changed: Self.nanoseconds(status.st_ctim)
        )
    }

    /// Of the file at `path` as it is now; nil when there is none.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Whether the last change lies so far back that no later one can have left the same identity. A time in the future says
    /// nothing.
    ///
    /// - Parameter now: nanoseconds since 1970, by the clock of this machine.
    package func isSettled(at now: Int64) -> Bool {
        let last = max(modified, changed)
        let (age, overflow) = now.subtractingReportingOverflow(last)
        return !overflow && age >= Self.settlingNanoseconds
    }

    package static func now() -> Int64 {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        return nanoseconds(moment)
    }

    private static func nanoseconds(_ moment: timespec) -> Int64 {
        let (seconds, overflow) = Int64(moment.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return moment.tv_sec < 0 ? .min : .max }
        let (sum, carried) = seconds.addingReportingOverflow(Int64(moment.tv_nsec))
        return carried ? .max : sum
    }
}
