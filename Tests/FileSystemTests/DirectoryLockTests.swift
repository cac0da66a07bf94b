import FileSystem
import Glibc
import Testing

@Suite("A state directory has one owner at a time")
struct DirectoryLockTests {
    private func failure(_ directory: String) -> DirectoryLock.Failure? {
        do {
            _ = try DirectoryLock(directory)
            return nil
        } catch { return error }
    }

    @Test("A second owner is refused while the first lives, and not after")
    func heldTwice() throws {
        let directory = try ScratchDirectory().path + "-state"
        defer { _ = unlink(directory + "/lock") == 0 && rmdir(directory) == 0 }
        do {
            let first = try DirectoryLock(directory)
            #expect(failure(directory) == .inUse(directory))
            #expect(failure(directory)?.description == "\(directory) is in use by another running gateway")
            Self.use(first)
        }
        #expect(failure(directory) == nil)
    }

    @Test("The directory is made for its owner alone")
    func mode() throws {
        let scratch = try ScratchDirectory()
        let directory = scratch.file("state")
        let lock = try DirectoryLock(directory)
        var status = stat()
        #expect(stat(directory, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(stat(directory + "/lock", &status) == 0 && status.st_mode & 0o777 == 0o600)
        Self.use(lock)
    }

    @Test("A directory without a parent, or that is a file, cannot be used")
    func unusable() throws {
        let scratch = try ScratchDirectory()
        let orphan = scratch.file("absent/state")
        #expect(failure(orphan) == .unusable(orphan, reason: "No such file or directory"))
        let file = scratch.write([], to: "file")
        #expect(failure(file) == .unusable(file + "/lock", reason: "Not a directory"))
        #expect(failure(file)?.description == "\(file)/lock: Not a directory")
    }

    /// The lock lives until here.
    private static func use(_ lock: consuming DirectoryLock) { _ = consume lock }
}
