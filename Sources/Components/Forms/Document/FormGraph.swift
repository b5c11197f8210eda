import Values

/// Which page may follow which.
struct FormGraph {
    let document: FormDocument
    private let next: [[Int]]

    init(_ document: FormDocument) {
        self.document = document
        let index = Dictionary(document.steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var next: [[Int]] = []
        for position in document.steps.indices {
            var targets: [Int] = []
            var goesOn = true
            for rule in document.rules {
                let isAlways = LogicNames.isConstant(rule.when.rule) && (try? rule.when.holds(for: .null)) == true
                let isNever = LogicNames.isConstant(rule.when.rule) && !isAlways
                switch rule.action {
                case .route(let from, let to) where from == document.steps[position].id && !isNever:
                    if let target = index[to] { targets.append(target) }
                    if isAlways { goesOn = false }
                case .exit(let from, _), .block(let from, _): if from == document.steps[position].id, isAlways { goesOn = false }
                default: break
                }
            }
            if goesOn, position + 1 < document.steps.count { targets.append(position + 1) }
            next.append(targets)
        }
        self.next = next
    }

    func findings() -> [FormLinter.Finding] {
        guard !next.isEmpty else { return [] }
        var reached: Set<Int> = [0]
        var open = [0]
        while let position = open.popLast() {
            for target in next[position] where reached.insert(target).inserted { open.append(target) }
        }
        let hidden = document.steps.enumerated().filter { !reached.contains($0.offset) || isNeverShown($0.element) }
        let unreachable = hidden.map { FormLinter.Finding(kind: .unreachablePage, at: $0.element.id, detail: "no way leads here") }
        return unreachable + loops()
    }

    private func isNeverShown(_ step: FormStep) -> Bool {
        let conditions = document.rules.compactMap { rule -> JsonLogic? in
            if case .show(.step(step.id)) = rule.action { rule.when } else { nil }
        }
        return !conditions.isEmpty && conditions.allSatisfy { LogicNames.isConstant($0.rule) && (try? $0.holds(for: .null)) != true }
    }

    /// A route to a page from which the way leads back.
    private func loops() -> [FormLinter.Finding] {
        document.rules.compactMap { rule in
            guard case .route(let from, let to) = rule.action, let start = document.steps.firstIndex(where: { $0.id == to }),
                let goal = document.steps.firstIndex(where: { $0.id == from })
            else { return nil }
            var seen: Set<Int> = [start]
            var open = [start]
            while let position = open.popLast() {
                if position == goal { return FormLinter.Finding(kind: .loop, at: rule.id, detail: "\(from) → \(to) → … → \(from)") }
                for target in next[position] where seen.insert(target).inserted { open.append(target) }
            }
            return nil
        }
    }
}

/// What a rule reads.
enum LogicNames {
    /// Names of the data outside of loops over entries.
    static func names(in rule: JSON, depth: Int = 0) -> [String] {
        guard depth < JsonLogic.depthLimit else { return [] }
        if let (name, arguments) = JsonLogic.operation(rule) {
            switch name {
            case "var": return [arguments.first?.string].compactMap(\.self)
            case "missing": return arguments.flatMap { $0.array ?? [$0] }.compactMap(\.string)
            case "missing_some": return arguments.dropFirst().first?.array?.compactMap(\.string) ?? []
            case "map", "filter", "reduce", "all", "some", "none": return arguments.first.map { names(in: $0, depth: depth + 1) } ?? []
            default: return arguments.flatMap { names(in: $0, depth: depth + 1) }
            }
        }
        return rule.array?.flatMap { names(in: $0, depth: depth + 1) } ?? []
    }

    /// Whether a text of the rule holds a word, also one of which the rule makes a name.
    static func mentions(_ word: String, in rule: JSON) -> Bool {
        switch rule {
        case .string(let text): text.contains(word)
        case .array(let items): items.contains { mentions(word, in: $0) }
        case .object(let members): members.values.contains { mentions(word, in: $0) }
        default: false
        }
    }

    /// Whether nothing that a person answers can change the outcome.
    static func isConstant(_ rule: JSON) -> Bool {
        var reads = false
        JsonLogic.visit(rule) { name, _ in if ["var", "missing", "missing_some"].contains(name) { reads = true } }
        return !reads
    }
}
