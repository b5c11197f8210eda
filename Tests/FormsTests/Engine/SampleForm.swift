@testable import Forms
import Contracts
import Language
import Testing
import Values

/// A form for tests, put together from short descriptions.
enum SampleForm {
    static func text(_ words: String) -> JSON { .object(Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, .string(words)) })) }

    static func field(_ pointer: String, _ widget: String, _ more: [String: JSON] = [:]) -> JSON {
        .object(["pointer": .string(pointer), "widget": .string(widget), "label": text("Question \(pointer)")].merging(more) { $1 })
    }

    static func step(_ id: String, _ fields: [JSON]) -> JSON {
        ["id": .string(id), "section": text("Section"), "title": text("Page \(id)"), "fields": .array(fields)]
    }

    static func json(data: JSON, steps: [JSON], rules: [JSON] = [], bindings: JSON = [:]) -> JSON {
        [
            "id": "sample", "version": 1, "service": "sample-service", "title": text("Sample"), "next": text("You hear from us"), "minutes": 5,
            "subject": "person", "body": ["id": "education"], "purpose": "sample", "basis": ["kind": "law", "reference": "law-1"], "data": data,
            "steps": .array(steps), "rules": .array(rules), "bindings": bindings,
        ]
    }

    static let choices: JSON = [
        ["value": "rent", "label": text("Rent")], ["value": "own", "label": text("Own")], ["value": "parents", "label": text("With parents")],
    ]

    static let source = json(
        data: [
            "type": "object", "additionalProperties": false,
            "properties": [
                "student": ["type": "boolean"], "name": ["type": "string", "minLength": 2, "maxLength": 20], "age": ["type": "integer", "minimum": 16],
                "tenancy": ["enum": ["rent", "own", "parents"]], "rentAmount": ["type": "integer", "minimum": 0], "landlord": ["type": "string"],
                "adult": ["type": "boolean"], "reason": ["type": "string"],
                "members": [
                    "type": "array", "maxItems": 3,
                    "items": ["type": "object", "properties": ["name": ["type": "string"], "income": ["type": "integer", "minimum": 0]]],
                ],
            ],
        ],
        steps: [
            step("student", [field("/student", "yesNo")]),
            step("about", [field("/name", "text"), field("/age", "number")]),
            step("home", [field("/tenancy", "choice", ["options": choices]), field("/rentAmount", "money")]),
            step("landlord", [field("/landlord", "text")]),
            step("members", [
                field(
                    "/members", "group",
                    ["required": false, "entryTitle": text("Member"), "fields": [field("/name", "text"), field("/income", "money", ["required": false])]])
            ]),
            step("reason", [field("/reason", "longText", ["required": false])]),
        ],
        rules: [
            ["id": "not-a-student", "when": ["===": [["var": "student"], false]], "action": "exit", "from": "student", "title": text("Not for you"),
             "message": text("Only students"), "link": "/services", "linkText": text("Other services")],
            ["id": "rent-amount", "when": ["==": [["var": "tenancy"], "rent"]], "action": "show", "target": "/rentAmount"],
            ["id": "landlord-page", "when": ["==": [["var": "tenancy"], "rent"]], "action": "show", "step": "landlord"],
            ["id": "adult", "when": [">=": [["var": "age"], 18]], "action": "set", "target": "/adult", "value": true, "from": "about"],
            ["id": "too-old", "when": [">": [["var": "age"], 120]], "action": "block", "from": "about", "title": text("Too old"), "message": text("No")],
            ["id": "rent-limit", "when": [">": [["var": "rentAmount"], 1_000_000]], "action": "block", "target": "/rentAmount", "message": text("Too much")],
            ["id": "explain", "when": ["==": [["var": "tenancy"], "parents"]], "action": "require", "target": "/reason"],
            ["id": "owners-skip", "when": ["==": [["var": "tenancy"], "own"]], "action": "route", "from": "home", "to": "reason"],
        ])

    static func document(_ source: JSON = SampleForm.source) throws -> FormDocument { try FormDocument(source) }
    static let context = Journey.Context(today: CalendarDate(daysSince1970: 20_780))

    /// Answers with every page confirmed.
    static func answers(_ values: JSON, confirmed: [String] = ["student", "about", "home", "landlord", "members", "reason"]) -> Answers {
        var answers = Answers()
        answers.values = values
        answers.confirmed = Set(confirmed)
        return answers
    }
}

/// Random numbers that are the same in every run.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
