import Language
import Values

/// What a designer should look at before publishing. A document with findings can be read, but not published.
struct FormLinter {
    struct Finding: Sendable, Hashable, CustomStringConvertible {
        enum Kind: String, Sendable, CaseIterable {
            case missingLanguage, unknownPointer, unknownStep, unknownVariable, unreachablePage, loop, deadBranch, unknownConcept, notInSchema, brokenRule
        }
        let kind: Kind
        let at: String
        let detail: String
        var description: String { "\(kind.rawValue) at \(at): \(detail)" }
    }

    let document: FormDocument
    let knowsConcept: (String) -> Bool
    private var places: SchemaPlaces { SchemaPlaces(document: document.data) }

    init(_ document: FormDocument, knowsConcept: @escaping (String) -> Bool = { _ in true }) {
        (self.document, self.knowsConcept) = (document, knowsConcept)
    }

    func findings() -> [Finding] { texts() + pointers() + rules() + RuleTrial(document).findings() + FormGraph(document).findings() }

    private func texts() -> [Finding] {
        var findings: [Finding] = []
        func search(_ value: JSON, _ place: JSONPointer) {
            switch value {
            case .object(let members):
                if !members.isEmpty, members.keys.allSatisfy({ Language(rawValue: $0) != nil }), members.values.allSatisfy({ $0.string != nil }) {
                    let missing = Language.allCases.filter { members[$0.rawValue]?.string?.isEmpty ?? true }
                    if !missing.isEmpty {
                        findings.append(Finding(kind: .missingLanguage, at: place.description, detail: missing.map(\.rawValue).joined(separator: " ")))
                    }
                    return
                }
                for (key, member) in members.sorted(by: { $0.key < $1.key }) where !["data", "when", "value"].contains(key) {
                    search(member, place.appending(key))
                }
            case .array(let items): for (index, item) in items.enumerated() { search(item, place.appending(String(index))) }
            default: break
            }
        }
        search(document.source, JSONPointer(tokens: []))
        return findings
    }

    private func pointers() -> [Finding] {
        var findings: [Finding] = []
        for field in document.fields {
            findings += known(field.pointer)
            for entry in field.entries { findings += known(JSONPointer(tokens: field.pointer.tokens + ["*"] + entry.pointer.tokens)) }
            if field.widget == .choice || field.widget == .choices { findings += options(of: field) }
        }
        for prefill in document.prefill {
            findings += asked(prefill.pointer, "bindings")
            if !knowsConcept(prefill.concept) { findings.append(Finding(kind: .unknownConcept, at: "bindings", detail: prefill.concept)) }
        }
        if case .municipality(let pointer) = document.body { findings += known(pointer) }
        return findings
    }

    private func known(_ pointer: JSONPointer) -> [Finding] {
        places.schema(at: pointer) == nil ? [Finding(kind: .unknownPointer, at: pointer.description, detail: "not in the data schema")] : []
    }

    private func asked(_ pointer: JSONPointer, _ place: String) -> [Finding] {
        document.fields.contains { $0.pointer == pointer } ? [] : [Finding(kind: .unknownPointer, at: place, detail: "\(pointer) is no question")]
    }

    /// Each choice must be one the schema allows.
    private func options(of field: FormField) -> [Finding] {
        guard let schema = places.schema(at: field.pointer), let allowed = (schema["enum"] ?? schema["items"]?["enum"])?.array else { return [] }
        return field.options.filter { !allowed.contains(.string($0.value)) }.map {
            Finding(kind: .notInSchema, at: field.pointer.description, detail: $0.value)
        }
    }

    private func rules() -> [Finding] {
        document.rules.flatMap { rule -> [Finding] in
            var findings = variables(rule.when, rule.id) + deadBranches(rule)
            switch rule.action {
            case .show(.field(let pointer)), .require(let pointer), .refuse(let pointer, _): findings += asked(pointer, rule.id)
            case .show(.step(let id)): findings += step(id, rule.id)
            case .set(let pointer, let value, let from, _): findings += known(pointer) + step(from, rule.id) + variables(value, rule.id)
            case .route(let from, let to): findings += step(from, rule.id) + step(to, rule.id)
            case .exit(let from, _), .block(let from, _): findings += step(from, rule.id)
            }
            return findings
        }
    }

    private func step(_ id: String, _ place: String) -> [Finding] {
        document.step(id) == nil ? [Finding(kind: .unknownStep, at: place, detail: id)] : []
    }

    /// Names a rule reads that the data does not have. Inside map, filter and the like names belong to the entries.
    private func variables(_ logic: JsonLogic, _ place: String) -> [Finding] {
        LogicNames.names(in: logic.rule).compactMap { name in
            let tokens = name.split(separator: ".").map(String.init)
            if name == "$today" || name == "$body" || tokens.isEmpty { return nil }
            let pointer = JSONPointer(tokens: tokens[0] == "$sources" ? Array(tokens.dropFirst()) : tokens)
            return places.schema(at: pointer) == nil ? Finding(kind: .unknownVariable, at: place, detail: name) : nil
        }
    }

    private func deadBranches(_ rule: FormRule) -> [Finding] {
        var findings: [Finding] = []
        if LogicNames.isConstant(rule.when.rule), (try? rule.when.holds(for: .null)) != true {
            findings.append(Finding(kind: .deadBranch, at: rule.id, detail: "never true"))
        }
        JsonLogic.visit(rule.when.rule) { name, arguments in
            guard ["==", "==="].contains(name), arguments.count == 2 else { return }
            for (left, right) in [(arguments[0], arguments[1]), (arguments[1], arguments[0])] {
                guard let (operation, names) = JsonLogic.operation(left), operation == "var", let variable = names.first?.string,
                    JsonLogic.operation(right) == nil, right != .null,
                    let allowed = places.schema(at: JSONPointer(tokens: variable.split(separator: ".").map(String.init)))?["enum"]?.array
                else { continue }
                if !allowed.contains(right) { findings.append(Finding(kind: .deadBranch, at: rule.id, detail: "\(variable) is never \(right.text)")) }
            }
        }
        return findings
    }
}
