/// Who changes a record.
package enum Actor: Hashable, Sendable {
    case person(String)
    /// The gateway itself, by what it saw or read.
    case gateway

    /// As stores and files have it; a person cannot be called what the gateway is.
    package var text: String {
        switch self {
        case .person(let name): "person:\(name)"
        case .gateway: "gateway"
        }
    }

    package init?(text: String) {
        if text == "gateway" {
            self = .gateway
        } else if text.hasPrefix("person:") {
            self = .person(String(text.dropFirst("person:".count)))
        } else {
            return nil
        }
    }

    package var isPerson: Bool { self != .gateway }
}
