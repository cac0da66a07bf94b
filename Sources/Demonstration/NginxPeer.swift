import EventLoop
import Foundation

/// nginx in front of the same platform, with the same certificates and lists.
final class NginxPeer {
    private static let folders = ((ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin").split(separator: ":")
    /// Debian keeps its stream module in a package of its own.
    private static let modulePath = "/usr/lib/nginx/modules/ngx_stream_module.so"
    private static let startSeconds = 5.0

    /// As it says itself.
    let version: String
    let address: SocketAddress
    private let directory: DemonstrationDirectory
    private let process = Process()

    init(in directory: DemonstrationDirectory, platform: SocketAddress) throws(DemonstrationFailure) {
        self.directory = directory
        let programs = Self.folders.map { "\($0)/nginx" }
        guard let program = programs.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw .peer("nginx", "it is not installed (apt-get install nginx libnginx-mod-stream)")
        }
        let socket = directory.file("nginx/socket")
        guard let address = SocketAddress(unixPath: socket) else { throw .peer("nginx", "\(socket) is too long for a socket") }
        self.address = address
        do {
            version = try Self.version(of: program)
            try FileManager.default.createDirectory(atPath: directory.file("nginx"), withIntermediateDirectories: false)
            let configuration = directory.file("nginx/nginx.conf")
            try Self.text(directory, platform).write(toFile: configuration, atomically: false, encoding: .utf8)
            try writeLists()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = ["-p", directory.file("nginx"), "-c", configuration, "-e", directory.file("nginx/error.log")]
            process.standardError = FileHandle.nullDevice
            try process.run()
        } catch {
            throw .peer("nginx", error.localizedDescription)
        }
        let isUp = Patience.wait(seconds: Self.startSeconds) { access(socket, F_OK) == 0 || !process.isRunning }
        guard isUp, process.isRunning else {
            stop()
            throw .peer("nginx", "it does not start; is libnginx-mod-stream installed?")
        }
    }

    /// Has it read the lists as they are now, as an operator would.
    func reload() throws(DemonstrationFailure) {
        do { try writeLists() } catch { throw .peer("nginx", error.localizedDescription) }
        kill(process.processIdentifier, SIGHUP)
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// It takes one file.
    private func writeLists() throws {
        let files = ["pki/root.crl", "pki/issuing.crl"].map(directory.file)
        let lists = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
        try lists.joined().write(toFile: directory.file("nginx/lists.pem"), atomically: true, encoding: .utf8)
    }

    private static func version(of program: String) throws -> String {
        let (asked, output) = (Process(), Pipe())
        asked.executableURL = URL(fileURLWithPath: program)
        asked.arguments = ["-v"]
        asked.standardError = output
        try asked.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        asked.waitUntilExit()
        return text.split(separator: "/").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
    }

    private static func text(_ directory: DemonstrationDirectory, _ platform: SocketAddress) -> String {
        """
        \(access(modulePath, F_OK) == 0 ? "load_module \(modulePath);" : "")
        \(geteuid() == 0 ? "user root;" : "")
        daemon off;
        worker_processes 1;
        pid \(directory.file("nginx/nginx.pid"));
        events { worker_connections 64; }
        stream {
            server {
                listen unix:\(directory.file("nginx/socket")) ssl;
                ssl_certificate \(directory.file("pki/server.pem"));
                ssl_certificate_key \(directory.file("pki/server.key"));
                ssl_protocols TLSv1.2 TLSv1.3;
                ssl_verify_client on;
                ssl_verify_depth 3;
                ssl_client_certificate \(directory.file("pki/device-root.pem"));
                ssl_crl \(directory.file("nginx/lists.pem"));
                proxy_pass \(platform);
            }
        }

        """
    }
}
