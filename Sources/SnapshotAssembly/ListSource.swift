import RevocationRefresh
import VerificationCore

/// Where an assembly takes its lists from: their files, or what an earlier assembly or an earlier process made of the same
/// octets.
package struct ListSource: Sendable {
    /// Of the assembly before this one.
    private let known: [LoadedListFile]
    private let tables: TableDirectory?
    /// Told, on the assembling thread, of loads that take long.
    private let report: (@Sendable (LoadProgress.Report) -> Void)?
    /// What was accepted before.
    let marks: HighWaterMarks

    /// - Parameter tables: nil keeps everything in memory and nothing for the next process.
    package init(
        known: [LoadedListFile] = [], tables: TableDirectory? = nil,
        report: (@Sendable (LoadProgress.Report) -> Void)? = nil
    ) {
        self.known = known
        self.tables = tables
        self.report = report
        var marks = HighWaterMarks()
        // Without its file an operator wants to begin anew. With it, what serves now counts, too: it may not be noted yet.
        if let noted = tables?.marks() {
            marks = noted
            marks.raise(by: known.flatMap(\.lists))
        }
        self.marks = marks
    }

    func file(_ path: String, anchorEntry: String) throws(ListLoadFailure) -> LoadedListFile {
        if let file = known(path, anchorEntry) {
            if file.isCurrent { return file }
        } else if let file = tables?.kept(path, anchorEntry: anchorEntry, .current) {
            return file
        }
        let progress = report.map { report in LoadProgress { report($0) } }
        return try ListLoader.load(path, anchorEntry: anchorEntry, storage: tables?.storage ?? .memory, progress: progress)
    }

    /// What came out of the file before it was replaced by an older one.
    func earlier(_ path: String, anchorEntry: String) -> LoadedListFile? {
        known(path, anchorEntry) ?? tables?.kept(path, anchorEntry: anchorEntry, .any)
    }

    /// What an operator removes when an issuer starts anew.
    var marksPath: String { tables?.marksPath ?? "" }

    private func known(_ path: String, _ anchorEntry: String) -> LoadedListFile? {
        known.first { $0.path == path && $0.anchorEntry == anchorEntry }?.parked
    }
}
