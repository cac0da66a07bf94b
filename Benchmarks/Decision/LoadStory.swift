import COpenSSL
import FileSystem
import Glibc
import LabPKI
import RevocationRefresh
import VerificationCore

/// The way of a list from its file into a finished table, and of a kept table back into memory.
struct LoadStory {
    static let title = "index build, list of 1,000,000 entries"
    private static let entries = 1_000_000
    private static let rounds = 5
    private static let pieceOctets = 256 << 10

    let pki: BenchmarkPKI
    let table: ResultTable

    func tell() throws {
        table.begin(Self.title)
        let path = try pki.writeList("load", ofMany: Self.entries)
        let written = FileIdentity.now()
        let der = try FileContents.read(path, limit: .max)
        try askDER(path, octets: der.count)
        try askPEM(der)
        // What was written just now is not yet known to be what was read.
        while FileIdentity.now() < written + FileIdentity.settlingNanoseconds { usleep(50_000) }
        try askRestart(path)
    }

    private func askDER(_ path: String, octets: Int) throws {
        // In turns, so that other work on the machine meets both.
        var (loads, digests) = (Times(), Times())
        for _ in 0..<Self.rounds {
            try loads.add { _ = try loaded(path) }
            try digests.add { try digest(path) }
        }
        let (load, sha) = (Times.median(loads.elapsed), Times.median(digests.elapsed))
        let (loadCPU, shaCPU) = (Times.median(loads.processor), Times.median(digests.processor))
        let (ratio, ratioCPU) = (ResultTable.rounded(load / sha, 2), ResultTable.rounded(loadCPU / shaCPU, 2))
        table.row(
            "DER file to finished table", ResultTable.text(nanoseconds: load),
            "\(rate(octets, load)) · \(ratio) × SHA-256, by processor time \(ratioCPU) ×")
        table.row("read + SHA-256 of the same file", ResultTable.text(nanoseconds: sha), rate(octets, sha))
        let target = sha * 2 + 20e6
        table.row("target: 2 × that + 20 ms", ResultTable.text(nanoseconds: target), load <= target ? "kept" : "missed")
    }

    /// What each round took, by the clock and of the processors.
    private struct Times {
        var elapsed: [Double] = []
        var processor: [Double] = []

        mutating func add(_ body: () throws -> Void) rethrows {
            let start = ProcessorTime.nanoseconds()
            elapsed.append(try CallTime(once: body).nanoseconds)
            processor.append(ProcessorTime.nanoseconds() - start)
        }

        static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
    }

    private func askPEM(_ der: [UInt8]) throws {
        let path = pki.scratch.file("load.pem")
        let text = try LabPEM.text("X509 CRL", der)
        try LabFile.write(text, to: path, readers: .everyone)
        let time = try CallTime(eachOf: 3) { _ = try loaded(path) }
        table.row("PEM file to finished table", time, rate(text.utf8.count, time.nanoseconds))
    }

    private func askRestart(_ path: String) throws {
        let file = try pki.loadFile(path)
        let save = try CallTime(once: { try pki.tables.save(file) })
        table.row("keep the table for a restart", save, "once, off the loops")
        let time = try CallTime(eachOf: Self.rounds) {
            guard let kept = pki.tables.kept(path, anchorEntry: "ca", .current), kept.lists[0].entryCount == Self.entries else {
                throw Disagreement(question: "a kept table")
            }
        }
        table.row("restart: kept table to memory, checksums compared", time, "target: 100 ms")
    }

    private func loaded(_ path: String) throws -> LoadedListFile {
        let file = try pki.loadFile(path)
        guard file.lists.count == 1, file.lists[0].entryCount == Self.entries else {
            throw Disagreement(question: "a list of \(Self.entries) entries")
        }
        return file
    }

    private func digest(_ path: String) throws {
        var file = try FileReader(path, limit: .max)
        var piece = [UInt8](repeating: 0, count: Self.pieceOctets)
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        while true {
            let got = try file.read(into: &piece)
            guard got > 0 else { break }
            EVP_DigestUpdate(context, piece, got)
        }
        var value = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        guard EVP_DigestFinal_ex(context, &value, nil) == 1 else { throw Disagreement(question: "a digest") }
    }

    private func rate(_ octets: Int, _ nanoseconds: Double) -> String {
        "\(ResultTable.rounded(Double(octets) / nanoseconds * 1e3, 0)) MB/s"
    }
}
