import Glibc

/// What of this process is in memory now, by the kernel's account.
enum ResidentMemory {
    static func octets() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let fields = line.prefix { $0 != 0 }.split(separator: CChar(UInt8(ascii: " ")))
        guard fields.count > 1 else { return 0 }
        let pages = String(decoding: fields[1].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (Int(pages) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
