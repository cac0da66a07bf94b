import PKITypes

/// A long run of serial numbers that are the same in every process: the entries of lists too long to issue one by one.
package struct LabSerialSequence: Sendable {
    package static let octets = 16

    package let seed: UInt64

    package init(seed: UInt64 = 1) { self.seed = seed }

    /// The content octets of serial `index`: positive, minimal, and different for different indices.
    package subscript(index: Int) -> [UInt8] {
        let (high, low) = words(index)
        return [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) } }
    }

    /// The octets of a serial as long as RFC 5280 §4.1.2.2 allows, the last ones those of `self[index]`.
    package func long(_ index: Int) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: Self.longOctets)
        octets.withUnsafeMutableBytes { writeLong(index, to: $0) }
        return octets
    }

    static let longOctets = octets + 4

    /// - Parameter room: ``longOctets`` or more.
    @inline(__always)
    func writeLong(_ index: Int, to room: UnsafeMutableRawBufferPointer) {
        let (high, low) = words(index)
        let first = UInt32(truncatingIfNeeded: Self.mix(high)) & 0x3fff_ffff | 0x4000_0000
        room.storeBytes(of: first.bigEndian, as: UInt32.self)
        room.storeBytes(of: high.bigEndian, toByteOffset: 4, as: UInt64.self)
        room.storeBytes(of: low.bigEndian, toByteOffset: 12, as: UInt64.self)
    }

    /// The low word is a bijection of the index (SplitMix64's finalizer), hence no serial comes twice.
    @inline(__always)
    func words(_ index: Int) -> (high: UInt64, low: UInt64) {
        let low = Self.mix(seed &+ UInt64(index) &* 0x9e37_79b9_7f4a_7c15)
        let high = Self.mix(low ^ 0x6a09_e667_f3bc_c909)
        return (high & 0x3fff_ffff_ffff_ffff | 0x4000_0000_0000_0000, low)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let once = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        let twice = (once ^ (once >> 27)) &* 0x94d0_49bb_1331_11eb
        return twice ^ (twice >> 31)
    }
}

extension LabCertificateAuthority {
    /// A list of the first `count` serials of `serials`, after the entries of `profile`. A million take a quarter of a second
    /// without optimisation: each entry is copied from a template and only its serial is written.
    package func revocationList(
        ofMany count: Int, serials: LabSerialSequence = LabSerialSequence(), reason: RevocationReason? = nil,
        _ profile: LabRevocationListProfile
    ) throws(LabPKIFailure) -> LabRevocationList {
        let zero = [UInt8](repeating: 0, count: LabSerialSequence.octets)
        let template = LabRevokedEntry(serial: zero, reason: reason).der(thisUpdate: profile.thisUpdate)
        // SEQUENCE's tag and length (the entry is shorter than 128 octets), then INTEGER's.
        let serialOffset = 4
        let named = LabDER.concatenation(profile.entries.map { $0.der(thisUpdate: profile.thisUpdate) })
        let many = [UInt8](unsafeUninitializedCapacity: count * template.count) { buffer, written in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            var offset = 0
            for index in 0..<count {
                UnsafeMutableRawBufferPointer(rebasing: raw[offset..<(offset + template.count)]).copyBytes(from: template)
                let (high, low) = serials.words(index)
                raw.storeBytes(of: high.bigEndian, toByteOffset: offset + serialOffset, as: UInt64.self)
                raw.storeBytes(of: low.bigEndian, toByteOffset: offset + serialOffset + 8, as: UInt64.self)
                offset += template.count
            }
            written = offset
        }
        return try revocationList(profile, entries: named + many)
    }
}
