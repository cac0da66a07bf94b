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
            case .missing: list.add(FileProblem.fileMissing(path: mention.path, mention.role), at: mention.position)
            case .unreadable(let reason):
                list.add(FileProblem.fileUnreadable(path: mention.path, mention.role, reason: reason), at: mention.position)
            case .notAFile: list.add(FileProblem.notAFile(path: mention.path, mention.role), at: mention.position)
            case .file(let mode):
                if mention.role == .privateKey { lintKey(mention, mode: mode) }
            }
        }
    }

    private mutating func lintKey(_ mention: DocumentWalk.FileMention, mode: UInt32) {
        if mode & S_IROTH != 0 {
            list.add(FileProblem.keyReadableByAll(path: mention.path, mode: mode), at: mention.position)
        } else if mode & S_IRGRP != 0 {
            list.add(FileProblem.keyReadableByGroup(path: mention.path, mode: mode), at: mention.position)
        }
    }
}
