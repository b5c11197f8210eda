import Synchronization

/// What a gateway counts since its start, as Prometheus reads it (text exposition format 0.0.4). Nothing of a person is a label.
final class GatewayMetrics: Sendable {
    /// Of the durations, in seconds.
    private static let bounds = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    static let type = "text/plain; version=0.0.4; charset=utf-8"

    private struct Labels: Hashable, Comparable {
        let face: String
        /// Empty when no agreement covered the message: who is refused may name anything.
        let agreementID: String
        let decision: String
        let outcome: String

        static func < (one: Labels, other: Labels) -> Bool { one.text < other.text }
        var text: String { "face=\"\(face)\",agreement=\"\(agreementID)\",decision=\"\(decision)\",outcome=\"\(outcome)\"" }
    }

    private struct Series {
        /// By bound, not summed up; one more for what took longer than the last.
        var counts = [Int](repeating: 0, count: GatewayMetrics.bounds.count + 1)
        var microseconds: Int64 = 0
        var dropped = 0
        var total: Int { counts.reduce(0, +) }
    }

    private struct State {
        var series: [Labels: Series] = [:]
        var unlogged = 0
    }

    private let state = Mutex(State())

    func count(_ record: MessageRecord) {
        let isCovered = record.decision == "permit"
        let labels = Labels(
            face: record.face.rawValue, agreementID: isCovered ? record.agreementID ?? "" : "", decision: record.decision, outcome: record.outcome)
        let seconds = Double(record.tookMicroseconds) / 1_000_000
        let bucket = GatewayMetrics.bounds.firstIndex { seconds <= $0 } ?? GatewayMetrics.bounds.count
        state.withLock { state in
            state.series[labels, default: Series()].counts[bucket] += 1
            state.series[labels]?.microseconds += record.tookMicroseconds
            state.series[labels]?.dropped += record.dropped
        }
    }

    /// A message that was refused, and of which no row could be written.
    func countUnlogged() { state.withLock { $0.unlogged += 1 } }

    var text: String {
        let (series, unlogged) = state.withLock { ($0.series.sorted { $0.key < $1.key }, $0.unlogged) }
        var lines = [
            "# HELP zamin_spine_message_seconds How long messages took, by side, agreement, decision and outcome.",
            "# TYPE zamin_spine_message_seconds histogram",
        ]
        for (labels, values) in series {
            var sum = 0
            for (bound, count) in zip(GatewayMetrics.bounds.map { "\($0)" } + ["+Inf"], values.counts) {
                sum += count
                lines.append("zamin_spine_message_seconds_bucket{\(labels.text),le=\"\(bound)\"} \(sum)")
            }
            lines.append("zamin_spine_message_seconds_sum{\(labels.text)} \(Double(values.microseconds) / 1_000_000)")
            lines.append("zamin_spine_message_seconds_count{\(labels.text)} \(values.total)")
        }
        lines += [
            "# HELP zamin_spine_dropped_values_total Values of answers that the minimiser took out.",
            "# TYPE zamin_spine_dropped_values_total counter",
        ]
        for (labels, values) in series where values.dropped > 0 {
            lines.append("zamin_spine_dropped_values_total{\(labels.text)} \(values.dropped)")
        }
        lines += [
            "# HELP zamin_spine_unlogged_total Refused messages of which no row could be written.",
            "# TYPE zamin_spine_unlogged_total counter", "zamin_spine_unlogged_total \(unlogged)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
