import PKITypes

/// A checked value, and where it was written or which key's absence gave it.
struct Setting: Hashable, Sendable {
    var value: SettingValue
    var position: SourcePosition
    var origin: Origin

    enum Origin: Hashable, Sendable { case written, defaulted }
}

indirect enum SettingValue: Hashable, Sendable {
    case absent
    /// Text of any kind that was checked and stays text: names, words, patterns, absolute paths.
    case text(String)
    case count(Int64)
    case percent(Int64)
    case seconds(Int64)
    case moment(UnixSeconds)
    case bytes(Int64)
    case bind(BindAddress)
    case upstreamAddress(UpstreamAddress)
    case network(NetworkPrefix)
    case list([Setting])
    case mapping(SettingMapping)
}

/// The checked keys of a mapping, in the order of the table (or, where the operator chose the names, of the text).
struct SettingMapping: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var name: String
        var keyPosition: SourcePosition
        var setting: Setting
    }

    var entries: [Entry] = []

    subscript(name: String) -> Setting? { entries.first { $0.name == name }?.setting }

    func mapping(_ name: String) -> SettingMapping? { self[name]?.mapping }
    func list(_ name: String) -> [Setting] { self[name]?.list ?? [] }
    func text(_ name: String) -> String? { self[name]?.text }
    func texts(_ name: String) -> [String] { list(name).compactMap(\.text) }
    func seconds(_ name: String) -> Int64? { self[name]?.seconds }
}

extension Setting {
    var mapping: SettingMapping? { if case .mapping(let mapping) = value { mapping } else { nil } }
    var list: [Setting]? { if case .list(let list) = value { list } else { nil } }
    var text: String? { if case .text(let text) = value { text } else { nil } }
    var seconds: Int64? { if case .seconds(let seconds) = value { seconds } else { nil } }
    var moment: UnixSeconds? { if case .moment(let moment) = value { moment } else { nil } }
    var count: Int64? { if case .count(let count) = value { count } else { nil } }
    var percent: Int64? { if case .percent(let percent) = value { percent } else { nil } }
    var bytes: Int64? { if case .bytes(let bytes) = value { bytes } else { nil } }
    var bind: BindAddress? { if case .bind(let bind) = value { bind } else { nil } }
    var upstreamAddress: UpstreamAddress? { if case .upstreamAddress(let address) = value { address } else { nil } }
    var network: NetworkPrefix? { if case .network(let network) = value { network } else { nil } }
}
