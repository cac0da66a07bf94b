import EventLoop

/// A request to the gateway's operations port, as a load balancer or Prometheus would make it.
package enum PlainHTTP {
    package struct Answer: Sendable {
        package let status: Int
        package let body: String
    }

    package enum Failure: Error, Sendable { case notHTTP(String) }

    package static func get(_ path: String, port: UInt16) async throws -> Answer {
        let text = try await blocking {
            guard let address = SocketAddress(ip: "127.0.0.1", port: port) else { preconditionFailure("loopback") }
            let client = try PlainClient(to: address)
            _ = client.send(Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
            return String(decoding: client.receiveAll(), as: UTF8.self)
        }
        let words = text.split(separator: " ", maxSplits: 2)
        guard words.count == 3, words[0].hasPrefix("HTTP/1"), let status = Int(words[1]), let end = end(ofHeadIn: text) else {
            throw Failure.notHTTP(text)
        }
        return Answer(status: status, body: String(text[end...]))
    }

    /// A line end of HTTP is one Character of Swift.
    private static func end(ofHeadIn text: String) -> String.Index? {
        let lineEnd: Character = "\r\n"
        var position = text.startIndex
        while let found = text[position...].firstIndex(of: lineEnd) {
            let next = text.index(after: found)
            if next < text.endIndex, text[next] == lineEnd { return text.index(after: next) }
            position = next
        }
        return nil
    }
}

/// A page in Prometheus' text format, read back.
package struct MetricsPage: Sendable {
    /// By name and labels as they stand in the line.
    package let samples: [String: Double]

    package init(_ text: String) {
        var samples: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else { continue }
            samples[String(line[..<space])] = value
        }
        self.samples = samples
    }

    package subscript(_ series: String) -> Double? { samples[series] }

    /// The sum over all series of a name, whatever their labels.
    package func total(_ name: String) -> Double {
        samples.filter { $0.key == name || $0.key.hasPrefix(name + "{") }.map(\.value).reduce(0, +)
    }

    /// Names of metrics: a histogram's parts count as it.
    package var names: Set<String> {
        Set(
            samples.keys.map { series in
                let name = String(series.prefix { $0 != "{" })
                for part in ["_bucket", "_sum", "_count"] where name.hasSuffix(part) { return String(name.dropLast(part.count)) }
                return name
            }
        )
    }
}

extension GatewayFixture {
    package func get(_ path: String) async throws -> PlainHTTP.Answer {
        guard let port = await gateway.metricsPort else { preconditionFailure("metrics are not served") }
        return try await PlainHTTP.get(path, port: port)
    }

    package func metrics() async throws -> MetricsPage { MetricsPage(try await get("/metrics").body) }

    /// The page, once a series has this value or the time is up.
    package func metrics(once series: String, is value: Double, within seconds: Double = 5) async throws -> MetricsPage {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            let page = try await metrics()
            if page[series] == value || ContinuousClock.now > deadline { return page }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
