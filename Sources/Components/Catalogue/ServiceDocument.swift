internal import Contracts
internal import Language
public import Values

/// A service as a JSON document: the files of `Data/services`, the rows of `catalogue_service` and the answers of the API have this shape.
extension PublicService {
    /// JSON Schema 2020-12 of the document.
    public static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "required": [
            "id", "bodies", "for", "lifeEvents", "situations", "needs", "rank", "form", "link", "cost", "time", "name", "summary", "who",
            "evidence",
            "steps", "channels", "law", "keywords",
        ],
        "properties": [
            "id": ["type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 80],
            "bodies": ["type": "array", "items": ["type": "string"], "minItems": 1, "maxItems": 10, "uniqueItems": true],
            "for": ["type": "array", "items": ["enum": ["person", "business"]], "minItems": 1, "maxItems": 2, "uniqueItems": true],
            "lifeEvents": slugs, "situations": slugs, "needs": slugs,
            "rank": ["type": ["integer", "null"], "minimum": 1, "maximum": 1000],
            "form": ["type": ["string", "null"], "minLength": 1], "link": ["type": ["string", "null"], "pattern": "^https://"],
            "cost": [
                "type": "object", "additionalProperties": false, "required": ["amountMinor", "text"],
                "properties": ["amountMinor": ["type": "integer", "minimum": 0], "text": text],
            ],
            "time": [
                "type": "object", "additionalProperties": false, "required": ["workingDays", "text"],
                "properties": ["workingDays": ["type": "integer", "minimum": 0, "maximum": 2000], "text": text],
            ],
            "name": text, "summary": text, "who": lines, "evidence": lines, "steps": lines,
            "channels": [
                "type": "array", "minItems": 1, "maxItems": 10,
                "items": [
                    "type": "object", "additionalProperties": false, "required": ["kind", "text"],
                    "properties": ["kind": ["enum": ["online", "office", "phone", "post"]], "text": text],
                ],
            ],
            "law": ["type": "array", "minItems": 1, "maxItems": 20, "items": text], "keywords": lines,
        ],
    ]

    private static let slugs: JSON = ["type": "array", "items": ["type": "string"], "maxItems": 20, "uniqueItems": true]
    private static let text: JSON = LocalizedShape.text(maxLength: 1_000)
    private static let lines: JSON = LocalizedShape.lines

    /// Reads a document that fits `schema`; nil for any other.
    init?(document: JSON) {
        func strings(_ key: String) -> [String]? { document[key]?.array?.compactMap(\.string) }
        func text(_ value: JSON?) -> LocalizedText? { try? LocalizedText(json: value ?? .null) }
        func lines(_ key: String) -> LocalizedLines? { document[key]?.object.map(LocalizedLines.init(document:)) }
        guard let id = document["id"]?.string, let bodies = strings("bodies"), let audience = strings("for"),
            let events = strings("lifeEvents"),
            let situations = strings("situations"), let needs = strings("needs"), let cost = document["cost"]?["amountMinor"]?.int,
            let costText = text(document["cost"]?["text"]), let days = document["time"]?["workingDays"]?.int,
            let timeText = text(document["time"]?["text"]), let name = text(document["name"]), let summary = text(document["summary"]),
            let who = lines("who"), let evidence = lines("evidence"), let steps = lines("steps"), let keywords = lines("keywords"),
            let channels = document["channels"]?.array, let law = document["law"]?.array
        else { return nil }
        (self.id, bodyIDs, lifeEventIDs, self.situations, self.needs) = (id, bodies, events, situations, needs)
        beneficiaries = audience.compactMap(Beneficiary.init)
        (rank, formID, link) = (document["rank"]?.int.map { Int($0) }, document["form"]?.string, document["link"]?.string)
        self.cost = Cost(amount: Money(minorUnits: cost), text: costText)
        time = ProcessingTime(workingDays: Int(days), text: timeText)
        (self.name, self.summary, self.who, self.evidence, self.steps, self.keywords) = (name, summary, who, evidence, steps, keywords)
        self.channels = channels.compactMap { item in
            guard let kind = item["kind"]?.string.flatMap(Channel.Kind.init), let words = text(item["text"]) else { return nil }
            return Channel(kind: kind, text: words)
        }
        self.law = law.compactMap { text($0) }
    }

    public var document: JSON {
        [
            "id": .string(id), "bodies": .strings(bodyIDs), "for": .strings(beneficiaries.map(\.rawValue)),
            "lifeEvents": .strings(lifeEventIDs),
            "situations": .strings(situations), "needs": .strings(needs), "rank": rank.map { .int(Int64($0)) } ?? .null,
            "form": formID.map(JSON.string) ?? .null, "link": link.map(JSON.string) ?? .null,
            "cost": ["amountMinor": .int(cost.amount.minorUnits), "text": cost.text.json],
            "time": ["workingDays": .int(Int64(time.workingDays)), "text": time.text.json],
            "name": name.json, "summary": summary.json, "who": who.document, "evidence": evidence.document, "steps": steps.document,
            "channels": .array(channels.map { ["kind": .string($0.kind.rawValue), "text": $0.text.json] }),
            "law": .array(law.map(\.json)), "keywords": keywords.document,
        ]
    }
}

extension LocalizedLines {
    init(document: [String: JSON]) {
        var lines: [Language: [String]] = [:]
        for (tag, value) in document {
            if let language = Language(rawValue: tag) { lines[language] = value.array?.compactMap(\.string) ?? [] }
        }
        self.init(lines)
    }

    var document: JSON {
        .object(Dictionary(uniqueKeysWithValues: languages.map { ($0.rawValue, JSON.strings(self[$0])) }))
    }
}

/// Shapes of texts in several languages: Hebrew and English are always there.
public enum LocalizedShape {
    public static func text(maxLength: Int) -> JSON { shape(["type": "string", "minLength": 1, "maxLength": .int(Int64(maxLength))]) }

    static let lines: JSON = shape([
        "type": "array", "minItems": 1, "maxItems": 20, "items": ["type": "string", "minLength": 1, "maxLength": 1_000],
    ])

    private static func shape(_ value: JSON) -> JSON {
        [
            "type": "object", "additionalProperties": false, "required": ["he", "en"],
            "properties": .object(Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, value) })),
        ]
    }
}
