/// A name that a device goes by within a protocol, beside its identity.
package struct SenderAlias: Hashable, Sendable {
    package enum Kind: UInt8, CaseIterable, Sendable {
        // The numbers lie in stores: they stay.
        case dicomAETitle = 1
        case mqttClientID = 2
        case hl7Sender = 3
    }

    package let kind: Kind
    package let name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }
}
