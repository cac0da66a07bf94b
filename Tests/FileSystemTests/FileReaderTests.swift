import FileSystem
import Glibc
import Testing

@Suite("A file that is read in pieces, and its identity")
struct FileReaderTests {
    private func read(_ file: inout FileReader, atMost room: Int) throws -> [UInt8] {
        var octets: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: room)
        while true {
            let got = try file.read(into: &buffer)
            guard got > 0 else { return octets }
            octets += buffer.prefix(got)
        }
    }

    @Test("every octet, in order, in pieces of any size", arguments: [1, 7, 4096])
    func pieces(room: Int) throws {
        let scratch = try ScratchDirectory()
        let octets = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var file = try FileReader(scratch.write(octets, to: "file"), limit: 1_000)
        #expect(try read(&file, atMost: room) == octets)
    }

    @Test("A file that grows beyond its limit while it is read is refused")
    func growth() throws {
        let scratch = try ScratchDirectory()
        let path = scratch.write([1, 2, 3], to: "file")
        var file = try FileReader(path, limit: 3)
        let descriptor = open(path, O_WRONLY | O_APPEND)
        #expect(write(descriptor, [4], 1) == 1 && close(descriptor) == 0)
        #expect(throws: FileContents.Failure.self) { try read(&file, atMost: 2) }
    }

    /// Sets the time of the last change of the contents; the attributes changed just now.
    private func setModified(_ path: String, secondsAgo: Int) throws {
        var times = [timespec(), timespec()]
        clock_gettime(CLOCK_REALTIME, &times[0])
        times[0].tv_sec -= secondsAgo
        times[1] = times[0]
        #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
    }

    @Test("tells the same state of the same file, and every other")
    func identity() throws {
        let scratch = try ScratchDirectory()
        let path = scratch.write([1, 2], to: "file")
        let first = try #require(FileIdentity(of: path))
        #expect(FileIdentity(of: path) == first && first.octets == 2)
        #expect(FileIdentity(of: scratch.file("absent")) == nil)
        #expect(FileIdentity(of: scratch.write([1, 2], to: "other")) != first)
        // Written in place and set back: the time of the change of its attributes tells.
        usleep(20_000)
        scratch.write([3, 4], to: "file")
        try setModified(path, secondsAgo: 60)
        let second = try #require(FileIdentity(of: path))
        #expect(second != first && second.changed > first.changed)
        #expect(symlink("file", scratch.file("link")) == 0 && FileIdentity(of: scratch.file("link")) == second)
    }

    @Test("has settled two seconds after the last change, and never while that lies in the future")
    func settling() throws {
        let identity = FileIdentity(device: 1, inode: 1, octets: 1, modified: 5_000_000_000, changed: 7_000_000_000)
        for (now, isSettled) in [(7_000_000_000, false), (8_999_999_999, false), (9_000_000_000, true), (6_000_000_000, false)] {
            #expect(identity.isSettled(at: Int64(now)) == isSettled)
        }
        let ahead = FileIdentity(device: 1, inode: 1, octets: 1, modified: .max, changed: 0)
        #expect(!ahead.isSettled(at: FileIdentity.now()) && !ahead.isSettled(at: .min))
    }

    @Test("is told of a file that nobody wrote to, before or while it was read")
    func settledIdentity() throws {
        let scratch = try ScratchDirectory()
        let path = scratch.write([1], to: "file")
        var file = try FileReader(path, limit: 10)
        let start = FileIdentity.now()
        #expect(file.settledIdentity(since: start) == nil)
        let later = start + 3 * FileIdentity.settlingNanoseconds
        #expect(file.settledIdentity(since: later) == file.identity)
        _ = try read(&file, atMost: 10)
        usleep(20_000)
        scratch.write([2], to: "file")
        let reread = try FileReader(path, limit: 10)
        #expect(reread.settledIdentity(since: later) == reread.identity)
        let descriptor = open(path, O_WRONLY | O_APPEND)
        #expect(write(descriptor, [4], 1) == 1 && close(descriptor) == 0)
        #expect(reread.settledIdentity(since: later) == nil)
    }
}
