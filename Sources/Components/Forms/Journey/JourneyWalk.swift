import Contracts
import Language
import Values
import Web

/// The walk behind `Journey.replay`.
struct JourneyWalk {
    let document: FormDocument
    let answers: Answers
    /// Faults of the whole answers against the schema, by pointer.
    let schemaFaults: [SchemaFinding]
    var pages: [Journey.Page] = []
    var end: Journey.End?
    var broken: Journey.BrokenRule?
    var isFinished = false
    var bodyID: String?
    /// By the field's pointer, of the answers that count.
    private var sources: [String: AnswerSource] = [:]
    /// What rules see: the answers that count so far, `$sources` where a rule asks for them, `$today`, and `$body`, who decides.
    private var facts: JSON
    private var rules: RuleIndex { document.index }
    private let context: Journey.Context

    init(document: FormDocument, answers: Answers, context: Journey.Context) {
        (self.document, self.answers, self.context) = (document, answers, context)
        schemaFaults = SchemaFinding.findings(document.schema, answers.values)
        facts = ["$today": .string(context.today.description), "$sources": [:]]
        if case .fixed(let id) = document.body { bodyID = id }
        facts["$body"] = bodyID.map(JSON.string)
    }

    /// The answers that count: reached, visible, or set by a rule.
    var effective: Answers {
        var answers = Answers()
        answers.sources = sources
        answers.values = .object((facts.object ?? [:]).filter { !$0.key.hasPrefix("$") })
        return answers
    }

    mutating func run() {
        var index = 0
        var visited: Set<Int> = []
        while index < document.steps.count {
            // A route that leads back is refused by the linter; should one be met, the walk ends instead of going round.
            guard visited.insert(index).inserted else { return }
            let step = document.steps[index]
            let isThere = isShown(rules.showStep[step.id])
            guard isThere || broken != nil else { index += 1; continue }
            let page = visit(step)
            pages.append(page)
            let next = page.isComplete && broken == nil ? leave(step, at: index) : nil
            guard broken == nil else { return stop(at: page) }
            guard let next else { return }
            index = next
        }
        isFinished = true
    }

    /// The journey ends at a page whose rules cannot be evaluated.
    private mutating func stop(at page: Journey.Page) {
        let place = page.fields.first?.place ?? ""
        pages[pages.count - 1] = Journey.Page(
            step: page.step, fields: page.fields, faults: page.faults + [FieldFault(place, "unchecked")], isConfirmed: page.isConfirmed)
        end = nil
    }

    private mutating func holds(_ rule: FormRule) -> Bool { value(rule, rule.when).map(JsonLogic.isTrue) ?? false }

    /// Nil, and remembered, when it cannot be told.
    private mutating func value(_ rule: FormRule, _ logic: JsonLogic) -> JSON? {
        do { return try logic.value(for: facts) } catch {
            broken = broken ?? Journey.BrokenRule(ruleID: rule.id, error: error)
            return nil
        }
    }

    private mutating func isShown(_ conditions: [FormRule]?) -> Bool {
        guard let conditions else { return true }
        for rule in conditions where holds(rule) { return true }
        return false
    }

    /// Takes over the answers of a page's questions, in order, so that a question may depend on one above it.
    private mutating func visit(_ step: FormStep) -> Journey.Page {
        var fields: [FormField] = []
        var faults: [FieldFault] = []
        for field in step.fields {
            let about = rules.fields[field.place]
            guard isShown(about?.show) else { continue }
            var isRequired = field.isRequired
            for rule in about?.require ?? [] where holds(rule) { isRequired = true }
            let present = isRequired == field.isRequired ? field : field.required(isRequired)
            fields.append(present)
            let value = answers.value(at: field.pointer)
            if let value { adopt(value, at: field.pointer, field.place, source: answers.sources[field.place] ?? .person) }
            faults += present.faults(of: value)
        }
        for field in fields {
            if !faults.isEmpty, faults.contains(where: { $0.pointer.hasPrefix(field.place) }) { continue }
            if !schemaFaults.isEmpty { faults += schemaFaults.filter { $0.lies(in: field.pointer) }.map(\.fault) }
            for rule in rules.fields[field.place]?.refuse ?? [] where holds(rule) {
                faults.append(FieldFault(field.place, "rule", ["rule": rule.id]))
            }
        }
        return Journey.Page(step: step, fields: fields, faults: faults, isConfirmed: answers.confirmed.contains(step.id))
    }

    private mutating func adopt(_ value: JSON, at pointer: JSONPointer, _ place: String, source: AnswerSource) {
        sources[place] = source
        facts.set(value, at: pointer)
        if rules.readsSources { facts.set(.string(source.kind), at: JSONPointer(tokens: ["$sources"] + pointer.tokens)) }
        if case .municipality(let place) = document.body, place.tokens.starts(with: pointer.tokens) {
            bodyID = facts.value(at: place)?.int.flatMap { context.municipality(Int(clamping: $0)) }
            facts["$body"] = bodyID.map(JSON.string)
        }
    }

    /// The index of the next page, or nil when the journey ends here.
    private mutating func leave(_ step: FormStep, at index: Int) -> Int? {
        guard let leaving = rules.leave[step.id] else { return index + 1 }
        for rule in leaving {
            guard case .set(let pointer, let logic, _, _) = rule.action, holds(rule), let result = value(rule, logic) else { continue }
            adopt(result, at: pointer, pointer.description, source: .rule(rule.id))
        }
        for rule in leaving where holds(rule) {
            switch rule.action {
            case .exit(_, let page): end = Journey.End(ruleID: rule.id, page: page, isExit: true, after: step.id)
            case .block(_, let page): end = Journey.End(ruleID: rule.id, page: page, isExit: false, after: step.id)
            case .route(_, let target):
                guard let next = document.steps.firstIndex(where: { $0.id == target }) else { continue }
                return next
            default: continue
            }
            return nil
        }
        return index + 1
    }
}

/// Rules by what they are about, so that a page looks only at its own.
struct RuleIndex {
    struct AboutField: Sendable {
        /// Nil when the question is there in any case.
        var show: [FormRule]?
        var require: [FormRule] = []
        var refuse: [FormRule] = []
    }

    var showStep: [String: [FormRule]] = [:]
    /// By the field's place.
    var fields: [String: AboutField] = [:]
    var leave: [String: [FormRule]] = [:]
    /// Whether any asks where an answer comes from.
    private(set) var readsSources = false

    init(_ rules: [FormRule]) {
        for rule in rules {
            readsSources = readsSources || LogicNames.mentions("$sources", in: rule.when.rule)
            if case .set(_, let logic, _, _) = rule.action { readsSources = readsSources || LogicNames.mentions("$sources", in: logic.rule) }
            switch rule.action {
            case .show(.step(let id)): showStep[id, default: []].append(rule)
            case .show(.field(let pointer)): fields[pointer.description, default: AboutField()].show = (fields[pointer.description]?.show ?? []) + [rule]
            case .require(let pointer): fields[pointer.description, default: AboutField()].require.append(rule)
            case .refuse(let pointer, _): fields[pointer.description, default: AboutField()].refuse.append(rule)
            case .set(_, _, let from, _), .route(let from, _), .exit(let from, _), .block(let from, _): leave[from, default: []].append(rule)
            }
        }
    }
}
