import Catalogue
import Contracts
import Language
import Values

/// The shapes of the API's answers: JSON Schema 2020-12, exact, so that an answer too much is a fault too.
enum PortalSchemas {
    static let limitUsual = 50
    static let limitMax = 100

    static let limit: JSON = ["type": "integer", "minimum": 1, "maximum": .int(Int64(limitMax)), "default": .int(Int64(limitUsual))]
    static let id: JSON = ["type": "string", "maxLength": 80]
    static let query: JSON = ["type": "string", "minLength": 1, "maxLength": .int(Int64(Portal.queryLettersMax))]
    static let language: JSON = ["type": "string", "enum": .strings(Language.allCases.map(\.rawValue)), "default": "he"]

    static let services = object([
        "items": list(card), "total": count, "next": optional("string"),
    ])

    private static let card = object([
        "id": string, "name": text, "summary": text, "bodies": list(string), "for": list(["enum": ["person", "business"]]),
        "lifeEvents": list(string),
        "rank": optional("integer"), "form": optional("string"),
        "cost": object(["amountMinor": count, "currency": ["type": "string", "pattern": "^[A-Z]{3}$"]]),
        "workingDays": count, "href": string,
    ])

    static let search = object([
        "query": string, "language": language, "services": list(result), "related": list(result), "suggestion": optional("string"),
        "corrected": ["type": "boolean"],
    ])

    private static let result = object([
        "id": string, "name": string, "summary": string, "language": language, "bodies": list(string), "page": string, "href": string,
    ])

    static let bodies = object([
        "items": list(object([
            "id": string, "kind": ["enum": .strings(PublicBody.Kind.allCases.map(\.rawValue))], "parent": optional("string"),
            "number": optional("string"),
            "locality": optional("integer"), "name": text, "about": text, "phone": optional("string"), "site": optional("string"),
        ])),
    ])

    static let lifeEvents = object(["items": list(LifeEvent.schema)])

    private static let string: JSON = ["type": "string"]
    private static let count: JSON = ["type": "integer", "minimum": 0]
    private static let text = LocalizedShape.text(maxLength: 1_000)

    private static func optional(_ type: String) -> JSON { ["type": [.string(type), "null"]] }
    private static func list(_ item: JSON) -> JSON { ["type": "array", "items": item] }

    /// Every member is required and no other is allowed.
    private static func object(_ members: [String: JSON]) -> JSON {
        ["type": "object", "additionalProperties": false, "required": .strings(members.keys.sorted()), "properties": .object(members)]
    }
}
