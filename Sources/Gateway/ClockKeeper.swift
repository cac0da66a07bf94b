import DataPlane
import Dispatch
import FileSystem
import Glibc
import Logging
import PKITypes
import Synchronization

/// Keeps the clock's high-water mark in the state directory, across restarts, and notices when the clock falls behind it.
final class ClockKeeper: Sendable {
    /// How often the clock is looked at.
    private static let lookSeconds = 1
    /// How often the mark is written; a clock that was set back during a power cut may so be believed for this long too much.
    private static let saveSeconds: Int64 = 60
    private static let fileName = "clock-high-water-mark"
    private static let fileOctetsMax = 64

    private struct State {
        /// Nil: not in the file.
        var saved: UnixSeconds?
        var wasTrusted = true
        var couldNotSave = false
        var isStopped = false
    }

    let clock: TrustedClock
    let path: String
    private let directory: String
    private let logger: Logger
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "clock", qos: .utility)

    init(in stateDirectory: String, _ source: ClockSource, _ logger: Logger) {
        directory = stateDirectory
        path = stateDirectory + "/" + Self.fileName
        self.logger = logger
        let kept = Self.kept(path, logger)
        clock = TrustedClock(source, kept: kept)
        state = Mutex(State(saved: kept))
    }

    /// Looks at the clock at once, and from then on.
    func start() {
        look()
        lookLater()
    }

    /// The last mark is written.
    func stop() {
        look()
        state.withLock { state in
            state.isStopped = true
            if clock.isTrusted { save(&state) }
        }
    }

    /// Why no new device is let in; nil while the clock is believed.
    var distrust: String? {
        guard !clock.isTrusted else { return nil }
        return "the clock says \(clock.wall.text), and \(clock.highWaterMark.text) was seen before: set it right, or delete "
            + "\(path) if that time was wrong"
    }

    private func lookLater() {
        queue.asyncAfter(deadline: .now() + .seconds(Self.lookSeconds)) { [weak self] in
            guard let self, !state.withLock({ $0.isStopped }) else { return }
            look()
            lookLater()
        }
    }

    func look() {
        state.withLock { state in
            if !clock.isTrusted, state.saved != nil, access(path, F_OK) != 0, errno == ENOENT {
                logger.notice("clock confirmed: its high-water mark was deleted", metadata: ["file": "\(path)"])
                clock.believeWall()
                state.saved = nil
            }
            clock.observe()
            noteTrust(&state)
            guard clock.isTrusted else { return }
            if state.saved.map({ clock.highWaterMark - $0 >= Self.saveSeconds }) ?? true { save(&state) }
        }
    }

    private func noteTrust(_ state: inout State) {
        let isTrusted = clock.isTrusted
        defer { state.wasTrusted = isTrusted }
        if isTrusted == state.wasTrusted { return }
        let facts: Logger.Metadata = [
            "clock": "\(clock.wall.text)", "high_water_mark": "\(clock.highWaterMark.text)", "file": "\(path)",
        ]
        if isTrusted {
            logger.notice("clock trusted again", metadata: facts)
        } else {
            let next = "set the clock right, or delete the file if its time was wrong; until then new devices are refused"
            logger.error("clock not trusted", metadata: facts.merging(["next": "\(next)"]) { $1 })
        }
    }

    private func save(_ state: inout State) {
        let mark = clock.highWaterMark
        do throws(FileContents.Failure) {
            // What a run before left in mid-write; the directory is locked for this one.
            unlink(path + ".new")
            let file = try PrivateFile.create(path + ".new")
            try file.write(Array("\(mark.text)\n".utf8).span.bytes, at: 0)
            try file.take(name: Self.fileName, in: directory)
            state.saved = mark
            state.couldNotSave = false
        } catch {
            if !state.couldNotSave {
                logger.warning(
                    "the clock's high-water mark is not kept", metadata: ["file": "\(error.path)", "cause": "\(error.reason)"])
            }
            state.couldNotSave = true
        }
    }

    private static func kept(_ path: String, _ logger: Logger) -> UnixSeconds? {
        guard access(path, F_OK) == 0 else { return nil }
        let octets = try? FileContents.read(path, limit: fileOctetsMax)
        let text = octets.map { String(decoding: $0, as: UTF8.self) }?.split(separator: "\n").first
        if let mark = text.flatMap({ UnixSeconds(text: $0) }) { return mark }
        logger.error("the clock's high-water mark cannot be read and says nothing", metadata: ["file": "\(path)"])
        return nil
    }
}
