import Glibc

/// The file of a staging, beside the registry's; gone with this object, or with the next one when its process was killed.
final class StagingFile {
    let path: String

    init(beside registry: String) throws(StoreFailure) {
        Self.removeLeftovers(of: registry)
        path = "\(registry)-import-\(getpid())-\(UInt32.random(in: .min ... .max))"
        try StoreFile.prepare(path)
    }

    deinit { unlink(path) }

    private static func removeLeftovers(of registry: String) {
        let slash = registry.lastIndex(of: "/")
        let folder = slash.map { String(registry[...$0]) } ?? "./"
        let prefix = "\(slash.map { String(registry[registry.index(after: $0)...]) } ?? registry)-import-"
        guard let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { octets in
                String(decoding: octets.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(prefix),
                let process = name.dropFirst(prefix.count).split(separator: "-").first.flatMap({ pid_t($0) }),
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            unlink(folder + name)
        }
    }
}
