import FileSystem
import Glibc

/// A directory of this process, on the disk that holds temporary files; removed with all that is in it.
final class ScratchDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/pulsegate-decision-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Disagreement(question: "a temporary directory") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.empty(path)
        rmdir(path)
    }

    private static func empty(_ directory: String) {
        guard let names = try? PrivateDirectory(directory).names() else { return }
        for name in names {
            let path = directory + "/" + name
            // Not a file that could be unlinked: a directory.
            if unlink(path) != 0 {
                empty(path)
                rmdir(path)
            }
        }
    }

    func file(_ name: String) -> String { path + "/" + name }
}
