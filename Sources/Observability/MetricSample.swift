/// A label of a metric.
package struct MetricLabel: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A value of a metric under its labels.
package struct MetricSample<Value: Sendable>: Sendable {
    package let labels: [MetricLabel]
    package let value: Value

    package init(_ labels: [MetricLabel] = [], _ value: Value) {
        self.labels = labels
        self.value = value
    }
}
