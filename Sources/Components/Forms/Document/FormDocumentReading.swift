import Contracts
import JSONSchema
import Language
import Values

extension FormDocument {
    static let stepLimit = 1_000
    static let fieldLimit = 2_000

    /// Reads a document. What can be said without other documents is checked here; `FormLinter` finds what a designer should think about.
    init(_ source: JSON) throws(FormDocumentError) {
        let reader = DocumentReader(source)
        self.source = source
        id = try reader.identifier("id")
        version = try reader.integer("version")
        guard version > 0 else { throw reader.fail("version", "versions begin with 1") }
        serviceID = try reader.identifier("service")
        title = try reader.localized("title")
        next = try reader.localized("next")
        minutes = try reader.integer("minutes", or: 10)
        body = try FormDocument.body(reader)
        guard let subject = Subject(rawValue: try reader.text("subject")) else { throw reader.fail("subject", "person or business") }
        self.subject = subject
        purpose = try reader.identifier("purpose")
        let basis = try reader.object("basis")
        guard let law = Basis(kind: try basis.text("kind"), reference: try basis.text("reference")) else {
            throw basis.fail("kind", "law, consent or request")
        }
        self.basis = law
        data = try reader.object("data").value
        do { schema = try JSONSchema(data) } catch { throw reader.fail("data", error.description) }
        var steps: [FormStep] = []
        for item in try reader.list("steps") { steps.append(try FormStep(item)) }
        self.steps = steps
        fields = steps.flatMap(\.fields)
        var rules: [FormRule] = []
        for item in try reader.list("rules") { rules.append(try FormRule(item)) }
        self.rules = rules
        index = RuleIndex(rules)
        var prefill: [Prefill] = []
        for item in try DocumentReader(source["bindings"] ?? [:], at: JSONPointer(tokens: ["bindings"])).list("prefill") {
            prefill.append(Prefill(pointer: try item.pointer("pointer"), concept: try item.text("concept")))
        }
        self.prefill = prefill
        try checkNames(reader)
    }

    private static func body(_ reader: DocumentReader) throws(FormDocumentError) -> DecidingBody {
        let body = try reader.object("body")
        if body.value["id"] != nil { return .fixed(try body.identifier("id")) }
        return .municipality(locality: try body.pointer("municipalityOf"))
    }

    private func checkNames(_ reader: DocumentReader) throws(FormDocumentError) {
        guard !steps.isEmpty, steps.count <= FormDocument.stepLimit, fields.count <= FormDocument.fieldLimit else {
            throw reader.fail("steps", "a form has 1 to \(FormDocument.stepLimit) pages and at most \(FormDocument.fieldLimit) questions")
        }
        guard Set(steps.map(\.id)).count == steps.count else { throw reader.fail("steps", "two pages have the same id") }
        let pointers = fields.map(\.pointer)
        guard Set(pointers).count == pointers.count else { throw reader.fail("steps", "two questions have the same pointer") }
        guard Set(rules.map(\.id)).count == rules.count else { throw reader.fail("rules", "two rules have the same id") }
        let reserved: Set<String> = ["check", "submit", "sent", "delete"]
        if let step = steps.first(where: { reserved.contains($0.id) }) { throw reader.fail("steps", "\(step.id) is a page of every form") }
    }
}

extension FormStep {
    init(_ reader: DocumentReader) throws(FormDocumentError) {
        id = try reader.identifier("id")
        section = try reader.localized("section")
        title = try reader.localized("title")
        intro = try reader.optionalLocalized("intro")
        var fields: [FormField] = []
        for item in try reader.list("fields") { fields.append(try FormField(item, inGroup: false)) }
        self.fields = fields
        if fields.contains(where: { $0.widget == .group }), fields.count > 1 {
            throw reader.fail("fields", "a repeating group has a page of its own")
        }
    }
}

extension FormField {
    init(_ reader: DocumentReader, inGroup: Bool) throws(FormDocumentError) {
        pointer = try reader.pointer("pointer")
        place = pointer.description
        guard let widget = Widget(rawValue: try reader.text("widget")) else { throw reader.fail("widget", "no such widget") }
        if inGroup, widget == .group || widget == .file { throw reader.fail("widget", "not inside a repeating group") }
        self.widget = widget
        label = try reader.localized("label")
        hint = try reader.optionalLocalized("hint")
        isRequired = try reader.flag("required", or: true)
        var options: [Option] = []
        for item in try reader.list("options") {
            options.append(Option(value: try item.text("value"), label: try item.localized("label"), hint: try item.optionalLocalized("hint")))
        }
        self.options = options
        guard (widget == .choice || widget == .choices) == !options.isEmpty else { throw reader.fail("options", "choices need options, others have none") }
        var entries: [FormField] = []
        for item in try reader.list("fields") { entries.append(try FormField(item, inGroup: true)) }
        self.entries = entries
        guard (widget == .group) == !entries.isEmpty else { throw reader.fail("fields", "groups need fields, others have none") }
        entryTitle = widget == .group ? try reader.localized("entryTitle") : nil
        unit = try reader.optionalLocalized("unit")
        width = reader.value["width"] == nil ? nil : try reader.integer("width")
        autocomplete = try reader.optionalText("autocomplete")
        decimals = try reader.integer("decimals", or: 0)
    }
}

extension FormField {
    /// How a computed answer is shown: label, widget, unit and decimals stand in its rule.
    init(computed reader: DocumentReader) throws(FormDocumentError) {
        pointer = try reader.pointer("target")
        place = pointer.description
        guard let widget = Widget(rawValue: try reader.text("widget")), FormField.computedWidgets.contains(widget) else {
            throw reader.fail("widget", "no widget of a computed answer")
        }
        self.widget = widget
        label = try reader.localized("label")
        unit = try reader.optionalLocalized("unit")
        decimals = try reader.integer("decimals", or: 0)
        (hint, isRequired, options, entries, entryTitle, width, autocomplete) = (nil, false, [], [], nil, nil, nil)
    }

    private static let computedWidgets: Set<Widget> = [.text, .number, .money, .date, .yesNo]
}

extension FormRule {
    init(_ reader: DocumentReader) throws(FormDocumentError) {
        id = try reader.identifier("id")
        when = try reader.logic("when")
        switch try reader.text("action") {
        case "show": action = .show(reader.value["step"] != nil ? .step(try reader.identifier("step")) : .field(try reader.pointer("target")))
        case "require": action = .require(try reader.pointer("target"))
        case "set":
            let shown = reader.value["label"] == nil ? nil : try FormField(computed: reader)
            action = .set(try reader.pointer("target"), try reader.logic("value"), from: try reader.identifier("from"), shownAs: shown)
        case "route": action = .route(from: try reader.identifier("from"), to: try reader.identifier("to"))
        case "exit": action = .exit(from: try reader.identifier("from"), try EndPage(reader))
        case "block" where reader.value["target"] != nil: action = .refuse(try reader.pointer("target"), try reader.localized("message"))
        case "block": action = .block(from: try reader.identifier("from"), try EndPage(reader))
        default: throw reader.fail("action", "show, require, set, route, exit or block")
        }
    }
}

extension FormRule.EndPage {
    init(_ reader: DocumentReader) throws(FormDocumentError) {
        title = try reader.localized("title")
        message = try reader.localized("message")
        link = try reader.optionalText("link")
        linkText = try reader.optionalLocalized("linkText")
        guard (link == nil) == (linkText == nil), link?.hasPrefix("/") ?? true, !(link?.hasPrefix("//") ?? false) else {
            throw reader.fail("link", "a link is a path of this site, with its text")
        }
    }
}
