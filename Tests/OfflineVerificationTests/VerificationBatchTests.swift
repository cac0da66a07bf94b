import Foundation
import LabPKI
import OfflineVerification
import Testing

@Suite("Batch mode")
struct VerificationBatchTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func answer(_ line: String) throws -> [String: Any] { try object(VerificationBatch.answer(Array(line.utf8))) }

    /// Pipes block, and tests that run at once share few threads: what feeds a test must not wait for one of those.
    private func onOwnThread(_ work: @escaping @Sendable () throws -> Void) -> DispatchSemaphore {
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            #expect(throws: Never.self) { try work() }
            ended.signal()
        }
        return ended
    }

    private func line(_ job: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: job), as: UTF8.self)
    }

    @Test("a job of all fields is answered by decision, reason and the identifier that it came with")
    func fullJob() throws {
        let lab = try VerificationFixture()
        let lists = try lab.lists().map { try $0.pem() }
        var job: [String: Any] = [
            "id": ["any": 1], "trust_anchors": [try lab.root.certificate.pem()],
            "intermediates": [try lab.issuing.certificate.pem()], "crls": lists, "leaf": try lab.device.pem(), "at": NSNull(),
            "purpose": "client", "peer_identity": [["kind": "DNS", "value": "PUMP.hosp.example"]], "max_depth": 1,
            "policy": ["initial": ["2.5.29.32.0"], "explicit": false, "inhibit_mapping": true, "inhibit_any": false]
                as [String: Any],
            "require_revocation": true,
        ]
        let accepted = try answer(line(job))
        #expect(accepted["decision"] as? String == "accept" && accepted["reason"] as? String == "admitted")
        #expect(accepted["id"] as? [String: Int] == ["any": 1])
        #expect((accepted["identity"] as? String)?.hasPrefix("cert:") == true)
        #expect(accepted["error"] == nil)
        job["at"] = 0
        let rejected = try answer(line(job))
        #expect(rejected["decision"] as? String == "reject" && rejected["reason"] as? String == "not-yet-valid")
        #expect((rejected["detail"] as? String)?.isEmpty == false)
    }

    @Test("an unneeded field may be absent or null")
    func nulls() throws {
        let lab = try VerificationFixture()
        var job: [String: Any] = ["trust_anchors": [try lab.root.certificate.pem()], "leaf": try lab.device.chainPEM()]
        #expect(try answer(line(job))["decision"] as? String == "accept")
        let optional = [
            "id", "intermediates", "crls", "at", "purpose", "peer_identity", "max_depth", "policy", "require_revocation",
        ]
        for field in optional { job[field] = NSNull() }
        let answered = try answer(line(job))
        #expect(answered["decision"] as? String == "accept")
        #expect(answered["id"] is NSNull)
    }

    @Test(
        "a bad job is answered by an error that says what is wrong",
        arguments: [
            ("{", "not one JSON value"), ("", "not one JSON value"), ("nope", "not one JSON value"), ("[]", "an array"),
            ("1", "a number"), (#"{"id":7}"#, "'trust_anchors' is missing"),
            (#"{"id":7,"trust_anchors":[]}"#, "'leaf' is missing"),
            (#"{"id":7,"trust_anchors":"x","leaf":"x"}"#, "'trust_anchors' is a string"),
            (#"{"id":7,"trust_anchors":[1],"leaf":"x"}"#, "'trust_anchors' is a number"),
            (#"{"id":7,"trust_anchors":[],"leaf":1}"#, "'leaf' is a number"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","crl":[]}"#, "unknown field 'crl'"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","at":"now"}"#, "'at' is a string"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","at":1e300}"#, "'at' is a number"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","purpose":"email"}"#, "client, server or any"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","max_depth":-1}"#, "'max_depth' must be"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","require_revocation":1}"#, "'require_revocation' is a number"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","policy":{"initial":["x"]}}"#, "'x' is none"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","policy":{"explict":true}}"#, "unknown field 'policy.explict'"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","peer_identity":[{"kind":"URI","value":"x"}]}"#, "DNS, IP or RFC822"),
            (#"{"id":7,"trust_anchors":[],"leaf":"x","peer_identity":[{"kind":"DNS"}]}"#, "'peer_identity.value' is missing"),
        ]
    )
    func badJobs(line: String, expected: String) throws {
        let answer = try answer(line)
        #expect((answer["error"] as? String)?.contains(expected) == true, "\(answer)")
        #expect(answer["decision"] == nil)
        if line.contains("id") { #expect(answer["id"] as? Int == 7) } else { #expect(answer["id"] is NSNull) }
    }

    @Test("each line is answered before the next is sent, in order, and the end of input ends the batch")
    func conversation() throws {
        let (jobs, answers) = (Pipe(), Pipe())
        let ended = onOwnThread {
            try VerificationBatch.run(
                input: jobs.fileHandleForReading.fileDescriptor, output: answers.fileHandleForWriting.fileDescriptor,
                maximumLineOctets: 1000
            )
        }
        let good = #"{"id":"%","trust_anchors":[],"leaf":"x"}"#
        for id in ["a", "b"] {
            jobs.fileHandleForWriting.write(Data((good.replacingOccurrences(of: "%", with: id) + "\n").utf8))
            let answer = try object(String(decoding: answers.fileHandleForReading.availableData, as: UTF8.self))
            #expect(answer["id"] as? String == id && answer["reason"] as? String == "malformed-certificate")
        }
        let rest = "\r\n" + String(repeating: "x", count: 1001) + "\n{\n" + good.replacingOccurrences(of: "%", with: "last")
        jobs.fileHandleForWriting.write(Data(rest.utf8))
        try jobs.fileHandleForWriting.close()
        ended.wait()
        try answers.fileHandleForWriting.close()
        let text = String(decoding: try answers.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let lines = try text.split(separator: "\n").map { try object(String($0)) }
        #expect(lines.count == 3)
        #expect((lines[0]["error"] as? String)?.contains("longer than 1000") == true)
        #expect((lines[1]["error"] as? String)?.contains("not one JSON value") == true)
        #expect(lines[2]["id"] as? String == "last")
    }

    @Test("a line that does not end is not kept in memory, and what follows it is answered")
    func endlessLine() throws {
        let (jobs, answers) = (Pipe(), Pipe())
        let written = onOwnThread {
            for _ in 0..<64 { jobs.fileHandleForWriting.write(Data(repeating: 0x78, count: 65_536)) }
            jobs.fileHandleForWriting.write(Data("\n{}\n".utf8))
            try jobs.fileHandleForWriting.close()
        }
        try VerificationBatch.run(
            input: jobs.fileHandleForReading.fileDescriptor, output: answers.fileHandleForWriting.fileDescriptor,
            maximumLineOctets: 100_000
        )
        written.wait()
        try answers.fileHandleForWriting.close()
        let text = String(decoding: try answers.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 2 && text.contains("longer than 100000") && text.contains("is missing"))
    }

    @Test("descriptors that cannot be used end the batch with a failure")
    func badDescriptors() {
        #expect(throws: VerificationBatch.Failure.unreadable(errno: EBADF)) {
            try VerificationBatch.run(input: -1, output: -1)
        }
    }
}
