/// One measured figure and what it is held against: `name  value unit  reference  ratio  goal  met|missed`.
struct Figure: Sendable {
    enum Goal: Sendable {
        case atLeast(Double)
        case atMost(Double)
        /// Of the value to the reference.
        case ratioAtLeast(Double)
    }

    /// Something measured in the same run on the same machine, so that a slow machine is not taken for slow code.
    struct Reference: Sendable {
        var value: Double
        var what: String
    }

    var name: String
    var value: Double
    var unit: String
    var reference: Reference
    var goal: Goal

    var ratio: Double { reference.value == 0 ? 0 : value / reference.value }

    var isMet: Bool {
        switch goal {
        case .atLeast(let least): value >= least
        case .atMost(let most): value <= most
        case .ratioAtLeast(let least): ratio >= least
        }
    }

    var line: String {
        let columns = [
            (name, 46), ("\(Figure.text(value)) \(unit)", 22), ("\(Figure.text(reference.value)) \(reference.what)", 58),
            (Figure.text(ratio), 8), (goalText, 16),
        ]
        return columns.map { $0.0.padded(to: $0.1) }.joined(separator: " ") + " " + (isMet ? "met" : "missed")
    }

    private var goalText: String {
        switch goal {
        case .atLeast(let least): "≥ \(Figure.text(least))"
        case .atMost(let most): "≤ \(Figure.text(most))"
        case .ratioAtLeast(let least): "ratio ≥ \(Figure.text(least))"
        }
    }

    /// Three digits that count: `1.23`, `45.6`, `12,345`.
    static func text(_ value: Double) -> String {
        let digits = value >= 100 || value == value.rounded() ? 0 : value >= 10 ? 1 : 2
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value * scale).rounded())
        let whole = "\(scaled / Int(scale))"
        var grouped = ""
        for (place, digit) in whole.enumerated() {
            if place > 0, (whole.count - place) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        guard digits > 0 else { return grouped }
        let rest = "\(scaled % Int(scale))"
        return "\(grouped).\(String(repeating: "0", count: digits - rest.count))\(rest)"
    }
}

extension String {
    func padded(to width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }
}
