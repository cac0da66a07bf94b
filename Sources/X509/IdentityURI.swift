import PKITypes

/// The rules for a URI that names a device.
enum IdentityURI {
    /// A lower-case scheme, a colon and only characters that RFC 3986 §2 leaves unencoded. Percent-encoding is refused: it
    /// spells one name in many ways, and a reader that decodes it would see another than the one policies matched.
    static func checked(_ text: String) throws(IdentityFailure) -> String {
        let octets = Array(text.utf8)
        guard octets.count <= IdentityLimits.maximumOctets, octets.allSatisfy(isAllowed),
            let colon = octets.firstIndex(of: UInt8(ascii: ":")), colon + 1 < octets.count, isScheme(octets[..<colon])
        else { throw .malformed }
        // It would read as an identity of another kind.
        guard !IdentitySource.allCases.contains(where: { !$0.prefix.isEmpty && text.hasPrefix($0.prefix) }) else {
            throw .malformed
        }
        if octets[..<colon].elementsEqual("spiffe".utf8), !isSPIFFE(octets[(colon + 1)...]) { throw .malformed }
        return text
    }

    private static func isScheme(_ octets: ArraySlice<UInt8>) -> Bool {
        guard let first = octets.first, isLowerCase(first) else { return false }
        return octets.allSatisfy { isLowerCase($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    /// `//trust-domain/segment/…` as the SPIFFE ID standard has it (§2): a leaf needs a path.
    private static func isSPIFFE(_ octets: ArraySlice<UInt8>) -> Bool {
        let parts = octets.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].isEmpty, parts[1].isEmpty else { return false }
        let trustDomain = parts[2]
        guard !trustDomain.isEmpty, trustDomain.count <= maximumTrustDomainOctets,
            trustDomain.allSatisfy({ isLowerCase($0) || isDigit($0) || ".-_".utf8.contains($0) })
        else { return false }
        return parts[3...].allSatisfy(isSPIFFESegment)
    }

    private static func isSPIFFESegment(_ octets: ArraySlice<UInt8>) -> Bool {
        guard !octets.isEmpty, !octets.elementsEqual(".".utf8), !octets.elementsEqual("..".utf8) else { return false }
        return octets.allSatisfy { isLowerCase($0) || isUpperCase($0) || isDigit($0) || ".-_".utf8.contains($0) }
    }

    /// SPIFFE ID §2.1.
    private static let maximumTrustDomainOctets = 255

    private static func isAllowed(_ octet: UInt8) -> Bool {
        isLowerCase(octet) || isUpperCase(octet) || isDigit(octet) || "-._~:/?#[]@!$&'()*+,;=".utf8.contains(octet)
    }

    private static func isLowerCase(_ octet: UInt8) -> Bool { octet >= UInt8(ascii: "a") && octet <= UInt8(ascii: "z") }
    private static func isUpperCase(_ octet: UInt8) -> Bool { octet >= UInt8(ascii: "A") && octet <= UInt8(ascii: "Z") }
    private static func isDigit(_ octet: UInt8) -> Bool { octet >= UInt8(ascii: "0") && octet <= UInt8(ascii: "9") }
}
