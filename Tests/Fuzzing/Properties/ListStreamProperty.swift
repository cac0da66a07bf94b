import DER
import PKITypes
import RevocationLists

/// A list in pieces of any size says what it says whole, and the signed octets are told once each, in order.
package enum ListStreamProperty {
    /// Pieces of one octet, of primes, of a size that the input chooses, and the whole.
    package static func check(_ input: [UInt8]) throws(BrokenPromise) {
        let whole = whole(input)
        let chosen = input.isEmpty ? 1 : 1 + Int(input[input.count / 2]) % max(1, input.count)
        for size in [1, 7, 61, chosen, max(1, input.count)] { try check(input, inPiecesOf: { size }, whole) }
        // A generator of its own (Knuth's MMIX): a failure must come back with the same input.
        var state = input.reduce(UInt64(input.count)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        try check(input, inPiecesOf: { random(&state) }, whole)
    }

    package typealias Whole = Result<WholeListReader, DERFailure>

    package static func whole(_ input: [UInt8]) -> Whole {
        do throws(DERFailure) { return .success(try WholeListReader(der: input)) } catch { return .failure(error) }
    }

    package static func check(_ input: [UInt8], inPiecesOf size: () -> Int, _ whole: Whole) throws(BrokenPromise) {
        switch (StreamedList.read(input, inPiecesOf: size), whole) {
        case (.success(let streamed), .success(let expected)): try compare(streamed, expected, input)
        case (.failure(let failure), .failure(let expected)):
            try promise(failure == expected, "read whole \(expected), in pieces \(failure)")
        case (.success, .failure(let expected)): throw BrokenPromise("accepted in pieces, read whole \(expected)")
        case (.failure(let failure), .success): throw BrokenPromise("accepted whole, in pieces \(failure)")
        }
    }

    private static func compare(
        _ streamed: StreamedList, _ expected: WholeListReader, _ input: [UInt8]
    ) throws(BrokenPromise) {
        let facts = streamed.facts
        try promise(facts == expected.facts, "\(facts) in pieces, \(expected.facts) whole")
        let issuers = [facts.issuer] + facts.otherIssuers
        let entries = streamed.entries.map { WholeListReader.Entry(revoked: RevokedEntry($0), issuer: issuers[Int($0.issuer)]) }
        try promise(entries == expected.entries, "other entries in pieces than whole")
        try promise(streamed.signed == Array(input[facts.signedPart]), "other octets are signed")
        try promise(streamed.algorithm == facts.signatureAlgorithm, "another algorithm was announced")
    }

    private static func random(_ state: inout UInt64) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Mostly small, because what matters lies at the seams.
        let size = Int(state >> 33)
        return state >> 60 == 0 ? size % 4096 : size % 40
    }
}

/// What a stream said of a list in pieces.
private struct StreamedList {
    let facts: RevocationListFacts
    let entries: [ListedEntry]
    let signed: [UInt8]
    let algorithm: [UInt8]?

    static func read(_ input: [UInt8], inPiecesOf size: () -> Int) -> Result<StreamedList, DERFailure> {
        var signed: [UInt8] = []
        var algorithm: [UInt8]?
        var entries: [ListedEntry] = []
        var stream = RevocationListStream()
        var batch: [ListedEntry] = []
        var rest = input[...]
        do throws(DERFailure) {
            while !rest.isEmpty {
                var piece = rest.prefix(max(1, size()))
                rest = rest.dropFirst(piece.count)
                while !piece.isEmpty {
                    let octets = Array(piece)
                    let step = try stream.read(octets.span, into: &batch)
                    if let beginning = step.beginning {
                        algorithm = beginning.algorithm
                        signed += beginning.earlierOctets
                    }
                    signed += octets[step.signed]
                    entries += batch
                    batch.removeAll(keepingCapacity: true)
                    piece = piece.dropFirst(step.used)
                }
            }
            return .success(Self(facts: try stream.finish(), entries: entries, signed: signed, algorithm: algorithm))
        } catch {
            return .failure(error)
        }
    }
}
