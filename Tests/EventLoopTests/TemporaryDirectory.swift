import Glibc

func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

/// A path for one test's socket, in a directory that is removed at the end.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/eventloop-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no temporary directory: errno \(errno)")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    deinit {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                unlink(file(name))
            }
            closedir(directory)
        }
        rmdir(path)
    }
}
