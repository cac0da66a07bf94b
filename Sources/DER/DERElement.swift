/// Where one DER element lies in the bytes being read. It holds offsets, not bytes: nothing is copied.
package struct DERElement: Hashable, Sendable {
    package let tag: DERTag
    /// Offset of the identifier octet.
    package let start: Int
    package let contents: Range<Int>

    @inlinable package init(tag: DERTag, start: Int, contents: Range<Int>) {
        self.tag = tag
        self.start = start
        self.contents = contents
    }

    /// Identifier, length and contents.
    @inlinable package var range: Range<Int> { start..<contents.upperBound }
}
