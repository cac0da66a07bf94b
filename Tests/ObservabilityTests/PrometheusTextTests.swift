import Observability
import Testing

@Suite("A metrics page is the Prometheus text format to the letter")
struct PrometheusTextTests {
    @Test("counters and gauges with and without labels")
    func families() {
        var page = PrometheusText()
        page.counter(
            "pulsegate_admissions_total", help: "Decisions.",
            [
                MetricSample([MetricLabel("listener", "mqtt"), MetricLabel("reason", "revoked")], 3),
                MetricSample([MetricLabel("listener", "dicom"), MetricLabel("reason", "")], .max),
            ])
        page.gauge("pulsegate_sessions", help: "Live.", [MetricSample([], 2), MetricSample([], -0.5)])
        page.gauge("odd", help: "", [.nan, .infinity, -.infinity, 1e300].map { MetricSample([], $0) })
        #expect(
            page.text == """
                # HELP pulsegate_admissions_total Decisions.
                # TYPE pulsegate_admissions_total counter
                pulsegate_admissions_total{listener="mqtt",reason="revoked"} 3
                pulsegate_admissions_total{listener="dicom",reason=""} 18446744073709551615
                # HELP pulsegate_sessions Live.
                # TYPE pulsegate_sessions gauge
                pulsegate_sessions 2
                pulsegate_sessions -0.5
                # HELP odd \n# TYPE odd gauge
                odd NaN
                odd +Inf
                odd -Inf
                odd 1e+300

                """)
    }

    @Test("label values cannot break out of their quotes, help texts not out of their line")
    func escaping() {
        var page = PrometheusText()
        page.gauge("g", help: "a\\b\n# \"c\"", [MetricSample([MetricLabel("issuer", "CN=\"x\\y\"\r\nevil 1")], 1)])
        #expect(
            page.text == "# HELP g a\\\\b\\n# \"c\"\n# TYPE g gauge\ng{issuer=\"CN=\\\"x\\\\y\\\"\r\\nevil 1\"} 1\n")
    }

    @Test("a histogram is cumulative, in seconds, and ends in +Inf, sum and count")
    func histogram() {
        let histogram = LatencyHistogram()
        for nanoseconds: UInt64 in [9_000, 2_000_000, 61_000_000_000] { histogram.record(nanoseconds: nanoseconds) }
        var page = PrometheusText()
        page.histogram("h_seconds", help: "H.", [MetricSample([MetricLabel("l", "a")], histogram.snapshot())])
        let lines = page.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 2 + LatencyHistogram.bounds.count + 3)
        #expect(lines[1] == "# TYPE h_seconds histogram")
        #expect(lines[2] == "h_seconds_bucket{l=\"a\",le=\"0.00001\"} 1")
        #expect(lines[9] == "h_seconds_bucket{l=\"a\",le=\"0.0025\"} 2")
        #expect(lines[22] == "h_seconds_bucket{l=\"a\",le=\"60\"} 2")
        #expect(lines[23] == "h_seconds_bucket{l=\"a\",le=\"+Inf\"} 3")
        #expect(lines[24] == "h_seconds_sum{l=\"a\"} 61.002009")
        #expect(lines[25] == "h_seconds_count{l=\"a\"} 3")
    }

    @Test("a name that is none, or comes twice, ends the process")
    func names() async {
        await #expect(processExitsWith: .failure) {
            var page = PrometheusText()
            page.gauge("1st", help: "", [])
        }
        await #expect(processExitsWith: .failure) {
            var page = PrometheusText()
            page.gauge("g", help: "", [])
            page.counter("g", help: "", [])
        }
        await #expect(processExitsWith: .failure) {
            var page = PrometheusText()
            page.gauge("g", help: "", [MetricSample([MetricLabel("a-b", "")], 1)])
        }
    }
}
