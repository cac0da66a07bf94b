import Glibc

/// Reads a configuration: text to tree, tree along the table of keys to settings, settings to the configuration.
package enum ConfigurationReader {
    /// Why the file itself could not be read.
    package struct ReadFailure: Error, Hashable, CustomStringConvertible {
        package var file: String
        package var reason: String

        package var description: String { "\(file): \(reason)" }
    }

    /// Reads and checks `file` and looks at the files that it names.
    package static func read(file: String, host: HostView = .thisMachine) throws(ReadFailure) -> ConfigurationResult {
        read(octets: try octets(ofFile: file), file: file, host: host)
    }

    /// The same for a text; `file` is what findings call it and where relative paths count from.
    package static func read(text: String, file: String, host: HostView = .thisMachine) -> ConfigurationResult {
        read(octets: Array(text.utf8), file: file, host: host)
    }

    private static func read(octets: [UInt8], file: String, host: HostView) -> ConfigurationResult {
        let (root, problems) = YAMLComposer.compose(octets)
        var list = FindingList(file: file)
        for (problem, position) in problems { list.add(problem, at: position) }
        guard let root else { return ConfigurationResult(file: file, findings: list.findings) }

        var walk = DocumentWalk(root: root, paths: paths(root, file: file), findings: list)
        let settings = walk.root(root, keys: GatewayKeys.root)
        list = walk.list
        if let settings {
            var checks = CrossChecks(settings, findings: list)
            checks.run()
            var lint = ConfigurationLint(settings, host: host, findings: checks.list)
            lint.lintParts()
            if !lint.list.hasErrors { lint.lintWhole() }
            list = lint.list
        }
        var fileLint = FileLint(host: host, findings: list)
        fileLint.run(walk.files)
        list = fileLint.list
        return ConfigurationResult(
            file: file, settings: list.hasErrors ? nil : settings, findings: list.findings, mentions: walk.files
        )
    }

    /// Where the gateway that runs by `file` has its admin socket, however wrong the rest of the file is by now. Nil when the
    /// file cannot be read, or is no YAML.
    package static func adminSocket(file: String) -> String? {
        guard let octets = try? octets(ofFile: file), let root = YAMLComposer.compose(octets).0 else { return nil }
        let paths = paths(root, file: file)
        guard case .scalar(let text)? = root["admin"]?["bind"]?.content, text.hasPrefix("unix:") else {
            return paths.written("admin.sock")
        }
        return paths.written(String(text.dropFirst("unix:".count)))
    }

    package static func stateDirectory(file: String) -> String? {
        guard let octets = try? octets(ofFile: file), let root = YAMLComposer.compose(octets).0 else { return nil }
        return paths(root, file: file).stateDirectory
    }

    /// The state directory must be known before the walk, which resolves paths below it.
    private static func paths(_ root: YAMLNode, file: String) -> PathResolution {
        let directory = PathResolution.directory(of: file)
        var state = "/var/lib/pulsegate"
        if case .scalar(let text)? = root["state_directory"]?.content { state = text }
        return PathResolution(inputDirectory: directory, stateDirectory: PathResolution.join(directory, state))
    }

    private static func octets(ofFile path: String) throws(ReadFailure) -> [UInt8] {
        guard let stream = fopen(path, "re") else { throw ReadFailure(file: path, reason: String(cString: strerror(errno))) }
        defer { fclose(stream) }
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        // One octet above the limit is enough for the reader to see that the file is too large.
        while octets.count <= ConfigurationLimits.mostBytes {
            let count = fread(&chunk, 1, chunk.count, stream)
            octets += chunk[..<count]
            if count < chunk.count { break }
        }
        guard ferror(stream) == 0 else { throw ReadFailure(file: path, reason: String(cString: strerror(errno))) }
        return octets
    }
}
