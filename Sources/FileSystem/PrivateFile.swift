import CLinuxShims
import Glibc
import Synchronization

/// A file of our own in a directory of our own: written once, from its beginning, and then read at places.
package final class PrivateFile: Sendable {
    /// What a read that may not wait came to.
    package enum Reading: Equatable, Sendable {
        case read
        /// Only the disk has it.
        case notAtHand
        case failed
    }

    package let path: String
    private let descriptor: Int32
    /// Whether the file lies under its path.
    private let isNamed: Atomic<Bool>

    fileprivate init(_ path: String, descriptor: Int32, isNamed: Bool) {
        self.path = path
        self.descriptor = descriptor
        self.isNamed = Atomic(isNamed)
        // Records lie anywhere: what stands beside one is not wanted with it.
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_RANDOM)
    }

    /// What was never given a lasting name leaves nothing behind.
    deinit {
        if isNamed.load(ordering: .relaxed) { unlink(path) }
        close(descriptor)
    }

    /// A new file, mode 0600, which is gone when it is let go of, unless ``take(name:)`` made it last.
    package static func create(_ path: String) throws(FileContents.Failure) -> PrivateFile {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileContents.Failure(path: path) }
        return PrivateFile(path, descriptor: descriptor, isNamed: true)
    }

    /// One that lasts already.
    package static func open(existing path: String) throws(FileContents.Failure) -> PrivateFile {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileContents.Failure(path: path) }
        return PrivateFile(path, descriptor: descriptor, isNamed: false)
    }

    package var octetCount: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    package func write(_ octets: RawSpan, at offset: Int) throws(FileContents.Failure) {
        var done = 0
        while done < octets.byteCount {
            let put = octets.withUnsafeBytes { pwrite(descriptor, $0.baseAddress! + done, $0.count - done, off_t(offset + done)) }
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { throw FileContents.Failure(path: path) }
            done += put
        }
    }

    /// Fills the room from `offset` on, as long as that takes.
    package func read(into room: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileContents.Failure) {
        var done = 0
        while done < room.count {
            let got = pread(descriptor, room.baseAddress! + done, room.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw FileContents.Failure(path: path) }
            guard got > 0 else { throw FileContents.Failure(path: path, reason: "ends too soon") }
            done += got
        }
    }

    /// Fills the room with what is in memory; never waits for a disk.
    package func readIfAtHand(into room: UnsafeMutableRawBufferPointer, at offset: Int) -> Reading {
        let got = CLinuxShims_read_at_hand(descriptor, room.baseAddress, room.count, offset)
        if got == room.count { return .read }
        // Less: the rest is not at hand, or the file has become shorter, which whoever may wait finds out.
        return got > 0 || got == -Int(EAGAIN) || got == -Int(EINTR) ? .notAtHand : .failed
    }

    /// Whether the file system tells what is at hand. What was just written is.
    package var tellsWhatIsAtHand: Bool {
        var octet: UInt8 = 0
        return withUnsafeMutableBytes(of: &octet) {
            CLinuxShims_read_at_hand(descriptor, $0.baseAddress, 1, 0) != -Int(EOPNOTSUPP)
        }
    }

    /// Everything is on the disk and the file lies under another name of its directory, in one step, whatever was there.
    package func take(name: String, in directory: String) throws(FileContents.Failure) {
        let target = directory + "/" + name
        guard fsync(descriptor) == 0, rename(path, target) == 0 else { throw FileContents.Failure(path: target) }
        _ = isNamed.exchange(false, ordering: .relaxed)
        let folder = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw FileContents.Failure(path: directory) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw FileContents.Failure(path: directory) }
    }
}
