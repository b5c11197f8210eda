import Values

/// The shapes of what merchants send and get (JSON Schema 2020-12).
enum AcquirerSchemas {
    private static let minorUnits: JSON = ["type": "integer", "minimum": 1, "maximum": 100_000_000]

    static let order: JSON = [
        "type": "object", "required": ["amount", "currency", "reference", "description", "returnUrl"],
        "properties": [
            "amount": minorUnits, "currency": ["type": "string", "enum": ["ILS"]],
            "reference": ["type": "string", "minLength": 1, "maxLength": 64],
            "description": ["type": "string", "minLength": 1, "maxLength": 200],
            "language": ["type": "string", "enum": ["he", "ar", "en", "ru", "fr"]],
            "returnUrl": ["type": "string", "minLength": 8, "maxLength": 1_000],
            "capture": ["type": "string", "enum": ["automatic", "manual"]],
        ],
        "additionalProperties": false,
    ]

    static let sum: JSON = ["type": "object", "required": ["amount"], "properties": ["amount": minorUnits], "additionalProperties": false]

    static let payment: JSON = [
        "type": "object", "required": ["id", "reference", "state", "amount", "currency", "captured", "refunded", "version"],
        "properties": [
            "id": ["type": "string"], "reference": ["type": "string"],
            "state": ["type": "string", "enum": .strings(Charge.State.allCases.map(\.rawValue))], "amount": ["type": "integer"],
            "currency": ["type": "string"], "description": ["type": "string"], "capture": ["type": "string"],
            "captured": ["type": "integer"], "refunded": ["type": "integer"], "version": ["type": "integer"], "failure": ["type": "string"],
            "checkoutUrl": ["type": "string"],
            "card": ["type": "object", "properties": ["brand": ["type": "string"], "lastFour": ["type": "string"]]],
            "createdAt": ["type": "string"], "expiresAt": ["type": "string"], "changedAt": ["type": "string"],
        ],
    ]

    static let payments: JSON = [
        "type": "object", "required": ["payments"], "properties": ["payments": ["type": "array", "items": payment]],
    ]

    static let settlement: JSON = [
        "type": "object", "required": ["day", "totals", "lines"],
        "properties": [
            "day": ["type": "string"],
            "totals": [
                "type": "object", "required": ["captured", "refunded", "fees", "payout"],
                "properties": [
                    "captured": ["type": "integer"], "refunded": ["type": "integer"], "fees": ["type": "integer"],
                    "payout": ["type": "integer"],
                ],
            ],
            "lines": ["type": "array", "items": ["type": "object"]],
        ],
    ]
}
