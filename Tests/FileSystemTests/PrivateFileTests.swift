import FileSystem
import Glibc
import Testing

@Suite("Files of our own")
struct PrivateFileTests {
    private let scratch: ScratchDirectory
    private var parent: String { scratch.path }

    init() throws { scratch = try ScratchDirectory() }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private func read(_ file: PrivateFile, at offset: Int, count: Int) throws -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: count)
        try octets.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
        return octets
    }

    @Test("a new file has nobody else's mode, is gone with its holder, and lasts once it is given a name")
    func lasts() throws {
        let directory = try PrivateDirectory(parent + "/own")
        #expect(mode(directory.path) == 0o700)
        do {
            let lost = try PrivateFile.create(directory.file("lost"))
            try lost.write(([1, 2] as [UInt8]).span.bytes, at: 0)
            #expect(directory.names() == ["lost"] && mode(lost.path) == 0o600)
            #expect(throws: FileContents.Failure.self) { try PrivateFile.create(directory.file("lost")) }
        }
        #expect(directory.names().isEmpty)
        do {
            let kept = try PrivateFile.create(directory.file("new"))
            try kept.write(([1, 2, 3] as [UInt8]).span.bytes, at: 1)
            try kept.take(name: "kept", in: directory.path)
        }
        #expect(directory.names() == ["kept"])
        let file = try PrivateFile.open(existing: directory.file("kept"))
        #expect(try read(file, at: 0, count: 4) == [0, 1, 2, 3] && file.octetCount == 4)
        #expect(throws: FileContents.Failure.self) { try read(file, at: 2, count: 4) }
        directory.remove("kept")
        #expect(directory.names().isEmpty)
        #expect(try read(file, at: 2, count: 2) == [2, 3])
    }

    @Test("what was just written is at hand, what is not there is not")
    func atHand() throws {
        let file = try PrivateFile.create(parent + "/file")
        try file.write([UInt8](repeating: 7, count: 10_000).span.bytes, at: 0)
        guard file.tellsWhatIsAtHand else { return }
        var octets = [UInt8](repeating: 0, count: 100)
        #expect(octets.withUnsafeMutableBytes { file.readIfAtHand(into: $0, at: 4090) } == .read)
        #expect(octets == [UInt8](repeating: 7, count: 100))
        #expect(octets.withUnsafeMutableBytes { file.readIfAtHand(into: $0, at: 9950) } == .notAtHand)
        #expect(octets.withUnsafeMutableBytes { file.readIfAtHand(into: $0, at: 20_000) } == .failed)
    }

    @Test("a directory that others may enter, a link, or a file is not ours")
    func foreign() throws {
        try #require(mkdir(parent + "/open", 0o755) == 0 && chmod(parent + "/open", 0o750) == 0)
        #expect(throws: FileContents.Failure.self) { try PrivateDirectory(parent + "/open") }
        try #require(mkdir(parent + "/own", 0o700) == 0 && symlink(parent + "/own", parent + "/link") == 0)
        #expect(throws: FileContents.Failure.self) { try PrivateDirectory(parent + "/link") }
        #expect(throws: FileContents.Failure.self) { try PrivateDirectory(parent + "/absent/own") }
        #expect(try PrivateDirectory(parent + "/own").names().isEmpty)
    }
}
