/// What a reload cannot take up: the keys that the table says need a restart, where two configurations differ in them.
extension ConfigurationResult {
    /// Paths of keys, in the table's order; empty when either result has errors.
    package func keysThatNeedRestart(since running: ConfigurationResult) -> [String] {
        guard let old = running.settings, let new = settings else { return [] }
        return Self.differences(old, new, GatewayKeys.root, path: "")
    }

    private static func differences(
        _ old: SettingMapping, _ new: SettingMapping, _ keys: [ConfigurationKey], path: String
    ) -> [String] {
        keys.flatMap { key -> [String] in
            let place = path.isEmpty ? key.name : "\(path).\(key.name)"
            let (before, after) = (old[key.name], new[key.name])
            if key.reload == .restart { return written(before) == written(after) ? [] : [place] }
            switch key.kind {
            case .mapping(let below), .shorthand(_, let below):
                return differences(before?.mapping ?? .init(), after?.mapping ?? .init(), below, path: place)
            case .named(_, let below):
                let names = (before?.mapping?.entries ?? []).map(\.name)
                let added = (after?.mapping?.entries ?? []).map(\.name).filter { !names.contains($0) }
                return (names + added).flatMap { name in
                    differences(
                        before?.mapping?.mapping(name) ?? .init(), after?.mapping?.mapping(name) ?? .init(), below,
                        path: "\(place).\(name)"
                    )
                }
            default: return []
            }
        }
    }

    private static func written(_ setting: Setting?) -> [String] {
        guard let setting else { return [] }
        return setting.list?.compactMap(\.value.scalarText) ?? [setting.value.scalarText ?? ""]
    }
}
