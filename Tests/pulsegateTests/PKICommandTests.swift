import GatewayTesting
import LabPKI
import Testing

@Suite("pulsegate pki, as a process")
struct PKICommandTests {
    @Test("A laboratory from nothing to a revoked device")
    func life() async throws {
        let place = TemporaryDirectory()
        let directory = place.file("pki")
        func pki(_ arguments: String...) async throws -> ProgramUnderTest.Outcome {
            try await ProgramUnderTest.run(["pki"] + arguments + ["--directory", directory])
        }
        #expect(try await pki("init").code == 0)
        let again = try await pki("init")
        #expect(again.code == 1 && again.error.contains("--force"), "a laboratory is not overwritten unasked: \(again.error)")

        let issued = try await pki("issue", "--device", "urn:hospital:device:pump:1", "--out", place.file("pump"))
        #expect(issued.code == 0 && issued.output.contains("wrote \(place.file("pump")).pem"), "\(issued)")
        let serial = try LabCertificate.serialText(pem: try LabFile.read(place.file("pump.pem")))
        #expect(issued.output.contains(serial))

        let revoked = try await pki("revoke", place.file("pump.pem"), "--reason", "keyCompromise")
        #expect(revoked.code == 0, "\(revoked)")
        let lists = try await pki("crl", "--entries", "1000")
        #expect(lists.code == 0 && lists.output.contains("issuing.crl"), "\(lists)")
        let twice = try await pki("revoke", place.file("pump.pem"))
        #expect(twice.code == 1, "\(twice)")
    }

    @Test("What is not there: exit code 3 and what to do")
    func missing() async throws {
        let outcome = try await ProgramUnderTest.run(["pki", "crl", "--directory", TemporaryDirectory().file("absent")])
        #expect(outcome.code == 3 && outcome.error.contains("pulsegate pki init"), "\(outcome)")
    }

    @Test("An identity that is no URI is usage", arguments: ["pump", "urn:with space", "1:2"])
    func identity(text: String) async throws {
        let outcome = try await ProgramUnderTest.run(["pki", "issue", "--device", text])
        #expect(outcome.code == 2 && outcome.error.contains("is not a URI"), "\(outcome)")
    }
}
