import FileSystem
import RevocationRefresh

/// The files that a one-shot `verify` reads. Each must be there; what in it cannot be decoded is passed over as in a batch.
package struct VerificationFiles: Sendable {
    package var trustAnchors: [String]
    package var intermediates: [String]
    package var lists: [String]
    package var leaf: String

    /// Octets of a file of certificates: some thousand.
    package static let maximumCertificateFileOctets = 16 << 20

    package init(trustAnchors: [String], intermediates: [String] = [], lists: [String] = [], leaf: String) {
        self.trustAnchors = trustAnchors
        self.intermediates = intermediates
        self.lists = lists
        self.leaf = leaf
    }

    package func job() throws(Unreadable) -> VerificationJob {
        var job = VerificationJob(trustAnchors: try Self.certificates(trustAnchors), leaf: try Self.certificates([leaf])[0])
        job.intermediates = try Self.certificates(intermediates)
        job.lists = try lists.map { path throws(Unreadable) in try Self.read(path, limit: ListLoader.maximumFileOctets) }
        return job
    }

    /// A file that cannot be read.
    package struct Unreadable: Error, Hashable, Sendable, CustomStringConvertible {
        package let path: String
        package let cause: String

        package var description: String { "\(path): \(cause)" }
    }

    private static func certificates(_ paths: [String]) throws(Unreadable) -> [[UInt8]] {
        try paths.map { path throws(Unreadable) in try read(path, limit: maximumCertificateFileOctets) }
    }

    private static func read(_ path: String, limit: Int) throws(Unreadable) -> [UInt8] {
        do {
            return try FileContents.read(path, limit: limit)
        } catch {
            throw Unreadable(path: path, cause: error.reason)
        }
    }
}
