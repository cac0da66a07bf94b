import FileSystem
import Logging
import RevocationRefresh
import VerificationCore

/// What is kept of lists for the next start. It takes syncing disks, so it is done when everybody has been told, and what fails
/// costs the next start the reading of its lists.
extension Gateway {
    static func keptTables(in stateDirectory: String, _ logger: Logger) -> TableDirectory? {
        do throws(FileContents.Failure) {
            return try TableDirectory(in: stateDirectory)
        } catch {
            logger.warning(
                "revocation lists are held in memory and read anew at every start",
                metadata: ["directory": "\(error.path)", "cause": "\(error.reason)"]
            )
            return nil
        }
    }

    func keepLists(of prepared: GenerationBuilder.Prepared, after previous: GenerationBuilder.Prepared?) {
        guard let tables else { return }
        let held = previous?.listFiles ?? []
        let new = prepared.listFiles.filter { file in
            // The tables are what is kept: a list that is taken over is another, with the same table.
            file.origin == .file && !held.contains { other in other.lists.elementsEqual(file.lists) { $0.table === $1.table } }
        }
        keeping.async { [self] in
            for file in new { noteFailure(of: file.path) { () throws(FileContents.Failure) in try tables.save(file) } }
            let before = tables.marks()
            var marks = before ?? HighWaterMarks()
            marks.raise(by: prepared.snapshot.revocation.lists)
            if marks != before {
                noteFailure(of: tables.marksPath) { () throws(FileContents.Failure) in try tables.save(marks) }
            }
            tables.keepOnly(prepared.listFiles)
        }
    }

    /// Everything that was to be kept is.
    package func listsAreKept() async {
        await withCheckedContinuation { kept in keeping.async { kept.resume() } }
    }

    private func noteFailure(of file: String, _ body: () throws(FileContents.Failure) -> Void) {
        do { try body() } catch {
            logger.warning(
                "a revocation list is not kept for the next start",
                metadata: ["file": "\(file)", "cause": "\(error.path): \(error.reason)"]
            )
        }
    }
}
