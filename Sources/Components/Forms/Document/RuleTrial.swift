import Values

/// Every rule evaluated as hard as it can come to be: with no answers at all, and with every answer given and every list full.
struct RuleTrial {
    let document: FormDocument
    private let samples: [JSON]

    init(_ document: FormDocument) {
        self.document = document
        let full = RuleTrial.answer(to: document.data, SchemaPlaces(document: document.data), depth: 0)
        samples = [[:], full].map { answers in
            var facts = answers
            facts["$today"] = "2026-01-01"
            facts["$body"] = "body"
            return facts
        }
    }

    func findings() -> [FormLinter.Finding] {
        document.rules.compactMap { rule in
            var logics = [rule.when]
            if case .set(_, let value, _, _) = rule.action { logics.append(value) }
            let problem = logics.lazy.compactMap(problem).first
            return problem.map { FormLinter.Finding(kind: .brokenRule, at: rule.id, detail: $0.description) }
        }
    }

    private func problem(_ logic: JsonLogic) -> JsonLogicError? {
        // Branches that these answers do not take are as deep as the others.
        guard RuleTrial.depth(logic.rule) < JsonLogic.depthLimit else { return .tooDeep }
        for facts in samples { do { _ = try logic.value(for: facts) } catch { return error } }
        return nil
    }

    /// As the evaluator counts: one for each operation or list around a value.
    private static func depth(_ rule: JSON) -> Int {
        guard let inner = JsonLogic.operation(rule)?.arguments ?? rule.array else { return 0 }
        return 1 + (inner.map(depth).max() ?? 0)
    }

    /// An answer that a schema allows, lists as long as they may be.
    private static func answer(to schema: JSON, _ places: SchemaPlaces, depth: Int) -> JSON {
        guard depth < 20, let schema = places.resolved(schema) else { return .null }
        if let choice = schema["enum"]?.array?.first ?? schema["const"] { return choice }
        if let properties = schema["properties"]?.object { return .object(properties.mapValues { answer(to: $0, places, depth: depth + 1) }) }
        switch schema["type"]?.string {
        case "array":
            let count = min(Int(clamping: schema["maxItems"]?.int ?? .max), Forms.entryLimit)
            return .array(Array(repeating: answer(to: schema["items"] ?? [:], places, depth: depth + 1), count: max(count, 0)))
        case "integer", "number": return schema["maximum"] ?? 1
        case "boolean": return true
        case "string": return .string(String(repeating: "x", count: min(Int(clamping: schema["maxLength"]?.int ?? 20), FormField.longTextLimit)))
        default: return .null
        }
    }
}
