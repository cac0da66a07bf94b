import COpenSSL

/// Octets in memory that OpenSSL reads from or writes to.
struct MemoryBIO: ~Copyable {
    let pointer: OpaquePointer

    init() throws(LabPKIFailure) {
        pointer = try OpenSSLCall.pointer("make a buffer") { BIO_new(BIO_s_mem()) }
    }

    static func reading(_ octets: [UInt8]) throws(LabPKIFailure) -> MemoryBIO {
        let bio = try MemoryBIO()
        // An empty write is a failure to OpenSSL and an empty file to us: the reader will say what is missing.
        guard !octets.isEmpty else { return bio }
        let pointer = bio.pointer
        try OpenSSLCall.positive("fill a buffer") { BIO_write(pointer, octets, Int32(octets.count)) }
        return bio
    }

    deinit { BIO_free(pointer) }

    borrowing func contents() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: BIO_ctrl_pending(pointer)) { buffer, count in
            count = max(0, Int(BIO_read(pointer, buffer.baseAddress, Int32(buffer.count))))
        }
    }
}

/// PEM, the text form of DER (RFC 7468).
package enum LabPEM {
    package static func text(_ label: String, _ der: [UInt8]) throws(LabPKIFailure) -> String {
        let bio = try MemoryBIO()
        try OpenSSLCall.positive("write PEM") { PEM_write_bio(bio.pointer, label, "", der, der.count) }
        return String(decoding: bio.contents(), as: UTF8.self)
    }
}
