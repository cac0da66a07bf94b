import FileSystem
import Glibc
import Testing

@Suite("A file is read whole or not at all")
struct FileContentsTests {
    private func reason(_ path: String, limit: Int = 100) -> String? {
        do {
            _ = try FileContents.read(path, limit: limit)
            return nil
        } catch {
            #expect(error.path == path && error.description == error.reason)
            return error.reason
        }
    }

    @Test("every octet, in order", arguments: [0, 1, 99, 100, 70_000])
    func whole(count: Int) throws {
        let scratch = try ScratchDirectory()
        let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let path = scratch.write(octets, to: "file")
        #expect(try FileContents.read(path, limit: count) == octets)
    }

    @Test("One octet more than the limit is refused")
    func limit() throws {
        let scratch = try ScratchDirectory()
        let path = scratch.write([UInt8](repeating: 1, count: 101), to: "file")
        #expect(reason(path) == "is 101 octets long, more than the 100 allowed here")
        #expect(reason(path, limit: 101) == nil)
    }

    @Test("A huge file is refused by its size, without being read")
    func sparse() throws {
        let scratch = try ScratchDirectory()
        let path = scratch.write([], to: "sparse")
        #expect(truncate(path, 1 << 40) == 0)
        #expect(reason(path) == "is 1099511627776 octets long, more than the 100 allowed here")
    }

    @Test("What is not a regular file is refused, and nothing waits for it", .timeLimit(.minutes(1)))
    func notRegular() throws {
        let scratch = try ScratchDirectory()
        #expect(reason(scratch.path) == "is not a regular file")
        #expect(reason("/dev/zero") == "is not a regular file")
        let pipe = scratch.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(reason(pipe) == "is not a regular file")
    }

    @Test("A symbolic link is followed; one to nothing is missing")
    func links() throws {
        let scratch = try ScratchDirectory()
        scratch.write([1, 2], to: "target")
        #expect(symlink("target", scratch.file("link")) == 0 && symlink("nowhere", scratch.file("broken")) == 0)
        #expect(try FileContents.read(scratch.file("link"), limit: 2) == [1, 2])
        #expect(reason(scratch.file("broken")) == "No such file or directory")
    }

    @Test("A missing file")
    func missing() throws {
        #expect(reason(try ScratchDirectory().file("absent")) == "No such file or directory")
    }
}
