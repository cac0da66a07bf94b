import RevocationRefresh
import VerificationCore

/// Where an assembly takes its lists from: their files, or what an earlier assembly made of the same octets.
package struct ListSource: Sendable {
    /// Of the assembly before this one.
    private let known: [LoadedListFile]
    private let storage: ListStorage
    /// Told, on the assembling thread, of loads that take long.
    private let report: (@Sendable (LoadProgress.Report) -> Void)?

    package init(
        known: [LoadedListFile] = [], storage: ListStorage = .memory,
        report: (@Sendable (LoadProgress.Report) -> Void)? = nil
    ) {
        self.known = known
        self.storage = storage
        self.report = report
    }

    func file(_ path: String, anchorEntry: String) throws(ListLoadFailure) -> LoadedListFile {
        if let file = known.first(where: { $0.path == path && $0.anchorEntry == anchorEntry && $0.isCurrent }) { return file }
        let progress = report.map { report in LoadProgress { report($0) } }
        return try ListLoader.load(path, anchorEntry: anchorEntry, storage: storage, progress: progress)
    }
}
