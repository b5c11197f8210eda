import Values

/// Which bodies must approve which kind of business (Hebrew: צו רישוי עסקים), from the licensing order as data.
struct LicensingRules: Sendable {
    struct Rule: Sendable, Hashable {
        let kind: String
        /// The rule holds from this area in square metres.
        let fromArea: Double
        /// Columns whose body must approve (`yes`) or be heard (`attn`), such as `police`.
        let approvals: Set<String>
        /// How long a licence is valid; nil for a kind that needs none.
        let years: Int?
    }

    static let columns: [String] = ["police", "fire-dept", "sanitation", "environment", "agriculture"]
    let rules: [Rule]

    init(json: JSON) throws {
        guard let rows = json.array else { throw DeliveryError.malformedCaseType("business licensing rules") }
        rules = rows.compactMap { row in
            guard let kind = row["business_kind"]?.string else { return nil }
            let approvals = LicensingRules.columns.filter { ["yes", "attn"].contains(row[$0]?.string ?? "no") }
            let years = row["duration"]?.double.map { Int($0) }
            return Rule(kind: kind, fromArea: row["area"]?.double ?? 0, approvals: Set(approvals), years: years.flatMap { $0 > 0 ? $0 : nil })
        }
    }

    /// The rule for a kind and an area: of those whose threshold is reached, the highest. Nil when the order does not name the kind.
    func rule(kind: String, area: Double) -> Rule? {
        let ofKind = rules.filter { $0.kind == kind }.sorted { $0.fromArea < $1.fromArea }
        return ofKind.last { $0.fromArea <= area } ?? ofKind.first
    }
}

extension CalendarDate {
    /// The last day of so many years that begin on this one.
    func lastDay(ofYears years: Int) -> CalendarDate {
        // The year after 29 February begins on 1 March.
        let next = CalendarDate(year: year + years, month: month, day: day) ?? CalendarDate(year: year + years, month: 3, day: 1)
        return next?.adding(days: -1) ?? self
    }
}
