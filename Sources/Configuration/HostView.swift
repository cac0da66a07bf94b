import Glibc

/// What `check` asks the machine: files' kinds and modes, and the limit of descriptors. Tests give their own.
package struct HostView: Sendable {
    package enum FileState: Hashable, Sendable {
        case missing
        case unreadable(reason: String)
        case notAFile
        case file(mode: UInt32)
    }

    package var fileState: @Sendable (String) -> FileState
    /// The most that the process may raise its limit to.
    package var descriptorLimit: Int

    package init(descriptorLimit: Int, fileState: @escaping @Sendable (String) -> FileState) {
        self.descriptorLimit = descriptorLimit
        self.fileState = fileState
    }

    /// The machine that this process runs on.
    package static var thisMachine: Self { Self(descriptorLimit: hardDescriptorLimit(), fileState: state(ofFile:)) }

    private static func state(ofFile path: String) -> FileState {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            return code == ENOENT || code == ENOTDIR ? .missing : .unreadable(reason: String(cString: strerror(code)))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return .notAFile }
        guard access(path, R_OK) == 0 else { return .unreadable(reason: String(cString: strerror(errno))) }
        return .file(mode: status.st_mode & 0o7777)
    }

    private static func hardDescriptorLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
        return Int(clamping: limit.rlim_max)
    }
}
