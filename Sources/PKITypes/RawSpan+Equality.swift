extension RawSpan {
    /// Whether two runs of octets are the same; an array's own `==` takes them one by one.
    package func isEqual(to other: RawSpan) -> Bool {
        byteCount == other.byteCount && isEqual(to: other, at: 0)
    }

    /// Whether `other` stands at `offset`, whole.
    package func isEqual(to other: RawSpan, at offset: Int) -> Bool {
        guard offset >= 0, byteCount - offset >= other.byteCount else { return false }
        var done = 0
        while other.byteCount - done >= MemoryLayout<UInt64>.size {
            // SAFETY: both reads end within their spans, by the two conditions above.
            let words = unsafe (
                unsafeLoadUnaligned(fromUncheckedByteOffset: offset + done, as: UInt64.self),
                other.unsafeLoadUnaligned(fromUncheckedByteOffset: done, as: UInt64.self)
            )
            guard words.0 == words.1 else { return false }
            done += MemoryLayout<UInt64>.size
        }
        while done < other.byteCount {
            // SAFETY: as above.
            let octets = unsafe (
                unsafeLoad(fromUncheckedByteOffset: offset + done, as: UInt8.self),
                other.unsafeLoad(fromUncheckedByteOffset: done, as: UInt8.self)
            )
            guard octets.0 == octets.1 else { return false }
            done += 1
        }
        return true
    }
}
