import Dispatch
import FileSystem

/// Reads the next piece of a file while the last one is worked on.
// SAFETY: the file, the piece that is ahead and what became of it are touched on the serial queue alone.
final class ReadAhead: @unchecked Sendable {
    private var file: FileReader
    private var ahead: [UInt8]
    private var outcome = Result<Int, FileContents.Failure>.success(0)
    private let queue = DispatchQueue(label: "read ahead")
    let octetCount: Int
    /// Of each piece but the last.
    let pieceOctets: Int

    /// - Parameter pieceOctets: at most.
    init(_ file: consuming FileReader, pieceOctets: Int) {
        octetCount = Int(file.identity.octets)
        // One octet more than a short file has tells that it has ended.
        self.pieceOctets = min(pieceOctets, octetCount + 1)
        self.file = file
        ahead = [UInt8](repeating: 0, count: self.pieceOctets)
        queue.async { [self] in fill() }
    }

    private func fill() {
        outcome = Result { () throws(FileContents.Failure) in try file.read(into: &ahead) }
    }

    /// Exchanges a piece that is no longer needed for the next one.
    ///
    /// - Returns: how many octets of it were read; zero at the end of the file.
    func next(_ piece: inout [UInt8]) throws(FileContents.Failure) -> Int {
        var fresh = piece
        piece = []
        let outcome = queue.sync {
            swap(&fresh, &ahead)
            return self.outcome
        }
        piece = fresh
        if case .success(1...) = outcome { queue.async { [self] in fill() } }
        return try outcome.get()
    }

    /// ``FileReader/settledIdentity(since:)``
    func settledIdentity(since start: Int64) -> FileIdentity? { queue.sync { file.settledIdentity(since: start) } }
}
