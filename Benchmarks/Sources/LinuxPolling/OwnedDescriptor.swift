import Glibc

/// A file descriptor that is closed with its owner.
package struct OwnedDescriptor: ~Copyable {
    package let raw: CInt

    package init(adopting raw: CInt) {
        precondition(raw >= 0, "a descriptor is not negative")
        self.raw = raw
    }

    deinit { _ = close(raw) }
}
