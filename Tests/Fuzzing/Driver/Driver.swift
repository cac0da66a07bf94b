import FuzzProperties
import Glibc

/// What libFuzzer calls. The target is named by the environment: one executable serves all.
private let target: FuzzTarget = {
    guard let name = getenv("FUZZ_TARGET"), let target = FuzzTarget(rawValue: String(cString: name)) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
        fatalError("FUZZ_TARGET must be one of \(names)")
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ octets: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(BrokenPromise) {
        try target.check(Array(UnsafeBufferPointer(start: octets, count: count)))
    } catch {
        // libFuzzer keeps an input that ends the process. (An optimised preconditionFailure ends it without a word.)
        fatalError("\(target.rawValue): \(error)")
    }
    return 0
}
