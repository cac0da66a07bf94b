import Glibc

/// A directory whose files only this account can read or write: what lies there is as good as what lies in our memory.
package struct PrivateDirectory: Sendable {
    package let path: String

    /// Makes it (mode 0700) when it is absent; its parent must exist.
    package init(_ path: String) throws(FileContents.Failure) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw FileContents.Failure(path: path) }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw FileContents.Failure(path: path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FileContents.Failure(path: path, reason: "is not a directory")
        }
        guard status.st_uid == geteuid() else {
            throw FileContents.Failure(path: path, reason: "belongs to another account")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw FileContents.Failure(path: path, reason: "is open to other accounts; its mode must be 0700")
        }
        self.path = path
    }

    package func file(_ name: String) -> String { path + "/" + name }

    /// The names of the files in it.
    package func names() -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { octets in
                String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    package func remove(_ name: String) { unlink(file(name)) }
}
