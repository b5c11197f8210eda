public import Language
public import Values

/// Something that happens in a life and brings several bodies into it (CPSV-AP `cv:LifeEvent`, for businesses `cv:BusinessEvent`).
public struct LifeEvent: Sendable, Hashable {
    public let id: String
    public let icon: String
    public let name: LocalizedText
    public let summary: LocalizedText
    /// Ids of services in the order in which a person meets them.
    public let steps: [String]

    public static let schema: JSON = [
        "type": "object", "additionalProperties": false, "required": ["id", "icon", "name", "summary", "steps"],
        "properties": [
            "id": ["type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 80], "icon": ["type": "string", "minLength": 1],
            "name": LocalizedShape.text(maxLength: 200), "summary": LocalizedShape.text(maxLength: 1_000),
            "steps": ["type": "array", "items": ["type": "string"], "maxItems": 50, "uniqueItems": true],
        ],
    ]

    init?(document: JSON) {
        guard let id = document["id"]?.string, let icon = document["icon"]?.string, let steps = document["steps"]?.array,
            let name = try? LocalizedText(json: document["name"] ?? .null),
            let summary = try? LocalizedText(json: document["summary"] ?? .null)
        else { return nil }
        (self.id, self.icon, self.name, self.summary) = (id, icon, name, summary)
        self.steps = steps.compactMap(\.string)
    }

    public var document: JSON {
        ["id": .string(id), "icon": .string(icon), "name": name.json, "summary": summary.json, "steps": .strings(steps)]
    }
}
