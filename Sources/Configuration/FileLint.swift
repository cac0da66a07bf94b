import Glibc

/// Looks at the files that a configuration names: are they there, can they be read, who else can read a key.
/// What is in them is checked where they are loaded.
struct FileLint {
    private let host: HostView
    private(set) var list: FindingList

    init(host: HostView, findings: FindingList) {
        self.host = host
        list = findings
    }

    mutating func run(_ mentions: [DocumentWalk.FileMention]) {
        for mention in mentions {
            switch host.fileState(mention.path) {
            case .missing: add(.fileMissing(path: mention.path, mention.role), mention)
            case .unreadable(let reason): add(.fileUnreadable(path: mention.path, mention.role, reason: reason), mention)
            case .notAFile: add(.notAFile(path: mention.path, mention.role), mention)
            case .file(let mode):
                if mention.role == .privateKey { lintKey(mention, mode: mode) }
            }
        }
    }

    private mutating func lintKey(_ mention: DocumentWalk.FileMention, mode: UInt32) {
        if mode & S_IROTH != 0 {
            add(.keyReadableByAll(path: mention.path, mode: mode), mention)
        } else if mode & S_IRGRP != 0 {
            add(.keyReadableByGroup(path: mention.path, mode: mode), mention)
        }
    }

    private mutating func add(_ problem: FileProblem, _ mention: DocumentWalk.FileMention) {
        list.add(problem, at: mention.position, about: mention.path)
    }
}
