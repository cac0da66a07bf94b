import Foundation
import PKITypes
import VerificationCore

/// What the machine's time zone database knows, made into a table: decisions have no clock and no calendar of their own.
///
/// Not what Foundation knows, which carries a database of its own: rules change with a government's decree, and the machine's
/// package `tzdata` with them, but a program only when it is built again.
package enum ZoneRules {
    private static let database = "/usr/share/zoneinfo"
    // The same years each time, so that a reload in which nothing changed changes no policy.
    private static let years = 2020..<2100

    /// Nil for a name that the machine does not know.
    ///
    /// - Parameter name: such as `Europe/Berlin`; nil is the machine's own zone, as the C library has it: UTC where none is set.
    package static func offsets(ofZone name: String?) -> ZoneOffsets? {
        let found = file(of: name ?? TimeZone.current.identifier)?.offsets(in: years)
        return found ?? (name == nil ? .utc : nil)
    }

    private static func file(of name: String) -> ZoneFile? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }),
            let octets = FileManager.default.contents(atPath: "\(database)/\(name)")
        else { return nil }
        return ZoneFile(octets: [UInt8](octets))
    }
}
