import Glibc

/// A failed system call, with its `errno`.
package struct SystemFailure: Error, Equatable, CustomStringConvertible {
    package let operation: String
    package let code: CInt

    package init(_ operation: String, code: CInt) {
        self.operation = operation
        self.code = code
    }

    package var description: String { "\(operation): \(String(cString: strerror(code)))" }
}
