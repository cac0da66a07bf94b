import COpenSSL
import Glibc

/// One call into OpenSSL whose failure is reported with OpenSSL's own reasons.
///
/// The error queue belongs to the thread and may hold what an unrelated earlier call left: it is emptied before the call
/// and read after it.
enum OpenSSLCall {
    /// For functions that return null on failure.
    static func pointer<Value>(_ operation: String, _ call: () -> Value?) throws(LabPKIFailure) -> Value {
        ERR_clear_error()
        guard let value = call() else { throw failure(operation) }
        return value
    }

    /// For functions that return zero or less on failure; the result is often a length.
    @discardableResult
    static func positive<Count: BinaryInteger>(_ operation: String, _ call: () -> Count) throws(LabPKIFailure) -> Count {
        ERR_clear_error()
        let result = call()
        guard result > 0 else { throw failure(operation) }
        return result
    }

    /// The octets an `i2d_` function writes, which is called once for the length and once to write.
    static func encoding(
        _ operation: String, _ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
    ) throws(LabPKIFailure) -> [UInt8] {
        let length = Int(try positive(operation) { write(nil) })
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var cursor = buffer.baseAddress
            count = Int(write(&cursor))
        }
    }

    private static func failure(_ operation: String) -> LabPKIFailure {
        var reasons: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            var text = [CChar](repeating: 0, count: 256)
            ERR_error_string_n(code, &text, text.count)
            reasons.append(text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })
        }
        return .openSSL(operation: operation, reasons: reasons)
    }
}

/// The text of an `errno` value.
enum SystemError {
    static func text(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
