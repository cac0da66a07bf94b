import PKITypes
import RevocationRefresh
import VerificationCore

/// Files whose lists are older than what was accepted before: whoever could put them there must not make a revoked certificate
/// good again. What was known stays in force.
struct SetBackLists {
    private(set) var files: [LoadedListFile]
    private(set) var problems: [AssemblyProblem] = []

    /// - Parameter files: of one trust anchor. The newest list of each kind counts, whichever file it is in.
    init(_ files: [LoadedListFile], _ source: ListSource) {
        let all = files.flatMap(\.lists)
        self.files = []
        for file in files {
            let behind = file.lists.lazy.compactMap { list in
                source.marks.mark(above: list, among: all).map { (list: list, mark: $0) }
            }
            guard let (list, mark) = behind.first else {
                self.files.append(file)
                continue
            }
            let found = "holds the list \(Self.text(HighWaterMarks.Mark(list))) of \(list.issuer.display), older than the one "
            let anew = "if the issuer started anew, remove \(source.marksPath)"
            if let earlier = source.earlier(file.path, anchorEntry: file.anchorEntry),
                source.marks.mark(above: list, among: earlier.lists) == nil
            {
                self.files.append(earlier)
                let state = "that was accepted before (\(Self.text(mark))), which stays in force; \(anew)"
                problems.append(.warning(file.path, found + state))
            } else {
                let state = "that was accepted before (\(Self.text(mark))) and is not at hand any more; \(anew)"
                problems.append(.error(file.path, found + state))
            }
        }
    }

    private static func text(_ mark: HighWaterMarks.Mark) -> String {
        let number = mark.number.map { "number \($0) " } ?? ""
        return "\(number)of \(mark.thisUpdate.text)"
    }
}
