import DER
import PKITypes
import X509

/// The issuers whose certificates the entries of a list name (certificateIssuer, RFC 5280 §5.3.3), each with its ordinal.
struct ListedIssuers: Sendable {
    /// Of the list, and of the certificates that it names until an entry says otherwise.
    private let own: DistinguishedName
    /// In the order of their ordinals, which begin with one.
    private(set) var others: [DistinguishedName] = []
    private var ordinals: [DistinguishedName: UInt32] = [:]
    private var octets = 0
    /// Those that the entry at hand speaks for, and the ones behind it until another says otherwise.
    private(set) var current: [UInt32] = [0]
    private(set) var isOwnCurrent = true

    init(own: DistinguishedName) { self.own = own }

    /// Takes over the value of a certificateIssuer extension.
    mutating func become(_ value: DERReader) throws(DERFailure) {
        var outer = value
        let names = try DistributionPointName.generalNames(outer.readSequence())
        try outer.requireEnd()
        // A certificate's issuer field is a directory name.
        let issuers = names.compactMap { if case .directory(let name) = $0 { name } else { nil } }
        guard !issuers.isEmpty else { throw DERFailure(.extensionInvalid(.certificateIssuer), at: value.position) }
        current.removeAll(keepingCapacity: true)
        for issuer in issuers {
            let ordinal = try ordinal(of: issuer, at: value.position)
            if !current.contains(ordinal) { current.append(ordinal) }
        }
        isOwnCurrent = current == [0]
    }

    private mutating func ordinal(of issuer: DistinguishedName, at position: Int) throws(DERFailure) -> UInt32 {
        if issuer == own { return 0 }
        if let known = ordinals[issuer] { return known }
        guard others.count < ListLimits.maximumOtherIssuers else {
            throw DERFailure(.tooMany(limit: ListLimits.maximumOtherIssuers), at: position)
        }
        octets += issuer.canonical.count
        guard octets <= ListLimits.maximumOtherIssuerOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumOtherIssuerOctets), at: position)
        }
        others.append(issuer)
        ordinals[issuer] = UInt32(others.count)
        return UInt32(others.count)
    }
}
