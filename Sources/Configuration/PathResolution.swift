import Glibc

/// From where relative paths count: what we read from the configuration's directory, what we write from the state
/// directory, so that a configuration can be moved with its files and still writes where the operator said.
struct PathResolution: Hashable, Sendable {
    var inputDirectory: String
    var stateDirectory: String

    func input(_ path: String) -> String { Self.join(inputDirectory, path) }
    func written(_ path: String) -> String { Self.join(stateDirectory, path) }

    /// The absolute directory of `file`. A path that cannot be made absolute (the working directory is gone) stays.
    static func directory(of file: String) -> String {
        let absolute = file.hasPrefix("/") ? file : join(workingDirectory() ?? ".", file)
        guard let slash = absolute.lastIndex(of: "/") else { return "." }
        return slash == absolute.startIndex ? "/" : String(absolute[..<slash])
    }

    static func join(_ directory: String, _ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        var rest = path[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        return directory.hasSuffix("/") ? directory + rest : directory + "/" + rest
    }

    private static func workingDirectory() -> String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}
