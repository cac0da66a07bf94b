import COpenSSL
import Foundation
import LinuxPolling
import Testing

/// A TLS server on a thread of its own that serves one connection after the other, each returning what it receives.
struct LoopbackTLSEcho {
    let port: UInt16
    let certificateFile: String
    let keyFile: String
    private let folder: URL
    private let ended = DispatchSemaphore(value: 0)

    /// What the server does with the bytes of a connection.
    enum Behavior: Sendable {
        case echo
        /// Returns the bytes in reverse, which no client may take for its echo.
        case reversed
    }

    /// `connections`: how many it serves before it ends.
    init(connections: Int, behavior: Behavior) throws {
        folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("load-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificateFile = folder.appendingPathComponent("device.pem").path
        keyFile = folder.appendingPathComponent("device.key").path
        try Self.makeCredential(certificateFile, keyFile)
        let listener = try Self.listen()
        port = listener.port
        let files = (certificateFile, keyFile)
        let ended = ended
        Thread.detachNewThread {
            Self.serve(listener.raw, connections, files, behavior)
            close(listener.raw)
            ended.signal()
        }
    }

    /// Waits until the last connection was served, and removes the files.
    func finish() throws {
        waitUntilServed()
        try removeFiles()
    }

    /// From here on nothing listens on the port.
    func waitUntilServed() {
        #expect(ended.wait(timeout: .now() + 20) == .success, "the server did not see all of its connections")
    }

    func removeFiles() throws {
        try FileManager.default.removeItem(at: folder)
    }

    private static func makeCredential(_ certificate: String, _ key: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-keyout", key, "-out", certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private static func listen() throws -> (raw: CInt, port: UInt16) {
        let raw = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        try #require(raw >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(raw, $0, length) == 0 && Glibc.listen(raw, 64) == 0 && getsockname(raw, $0, &length) == 0
            }
        }
        try #require(bound)
        return (raw, UInt16(bigEndian: address.sin_port))
    }

    private static func serve(_ listener: CInt, _ connections: Int, _ files: (String, String), _ behavior: Behavior) {
        guard let context = SSL_CTX_new(TLS_server_method()) else { return }
        defer { SSL_CTX_free(context) }
        SSL_CTX_use_certificate_file(context, files.0, SSL_FILETYPE_PEM)
        SSL_CTX_use_PrivateKey_file(context, files.1, SSL_FILETYPE_PEM)
        SSL_CTX_load_verify_file(context, files.0)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        SSL_CTX_set_num_tickets(context, 0)
        // Without one, OpenSSL refuses a device that comes back with its session.
        SSL_CTX_set_session_id_context(context, [1], 1)
        for _ in 0..<connections {
            let raw = accept(listener, nil, nil)
            guard raw >= 0, let ssl = SSL_new(context) else { return }
            SSL_set_fd(ssl, raw)
            var bytes = [UInt8](repeating: 0, count: 16 * 1024)
            if SSL_accept(ssl) == 1 {
                while case let count = SSL_read(ssl, &bytes, CInt(bytes.count)), count > 0 {
                    let answer = behavior == .echo ? Array(bytes[..<Int(count)]) : bytes[..<Int(count)].reversed()
                    guard SSL_write(ssl, answer, count) == count else { break }
                }
            }
            SSL_free(ssl)
            close(raw)
        }
    }
}
