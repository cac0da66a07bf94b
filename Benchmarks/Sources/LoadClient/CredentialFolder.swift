import Glibc

/// A folder of device credentials: each `NAME.pem` (leaf first, then its chain) with its `NAME.key`.
package enum CredentialFolder {
    package static func load(_ directory: String) throws(SetupFailure) -> [Credential] {
        let names = try fileNames(in: directory)
        let present = Set(names)
        var credentials: [Credential] = []
        for name in names.sorted() where name.hasSuffix(".pem") {
            let stem = name.dropLast(4)
            guard present.contains("\(stem).key") else { continue }
            let credential = try Credential(
                certificateFile: "\(directory)/\(name)",
                keyFile: "\(directory)/\(stem).key",
                chainFile: nil
            )
            credentials.append(credential)
        }
        guard !credentials.isEmpty else { throw .noCredentials(directory: directory) }
        return credentials
    }

    private static func fileNames(in directory: String) throws(SetupFailure) -> [String] {
        guard let handle = opendir(directory) else {
            throw .unusable(file: directory, reason: String(cString: strerror(errno)))
        }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }
}
