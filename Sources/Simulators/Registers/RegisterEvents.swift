public import Values

extension Registers {
    /// What the registers tell of their own accord, as the `webhooks` of their OpenAPI document: CloudEvents 1.0 whose data is what holds
    /// now.
    public static let webhooks: JSON = [
        "population.addressChanged": [
            "post": [
                "operationId": "population.addressChanged", "summary": "A resident's registered address changed",
                "requestBody": ["required": true, "content": ["application/cloudevents+json": ["schema": event(addressChange)]]],
                "responses": ["204": ["description": "It is kept for every body that follows the person"]],
            ]
        ]
    ]

    private static let addressChange: JSON = Shape.object(["address": Shape.address], required: ["address"])

    private static func event(_ data: JSON) -> JSON {
        Shape.object(
            [
                "specversion": ["type": "string", "enum": ["1.0"]], "id": Shape.text, "source": Shape.text, "type": Shape.text,
                "subject": Shape.number, "time": ["type": "string", "format": "date-time"], "data": data,
            ], required: ["specversion", "id", "source", "type", "subject", "data"])
    }
}
