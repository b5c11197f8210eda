import HTTPTypes
public import Values

/// The OpenAPI 3.1 document of a route table. Pages are in it too: they are part of what the server answers.
public enum OpenAPI {
    public static func document(title: String, version: String, _ table: RouteTable) -> JSON {
        var paths: [String: JSON] = [:]
        for route in table.routes {
            let path = route.kind == .page ? "/{language}\(route.path == "/" ? "" : route.path)" : route.path
            var item = paths[path] ?? [:]
            item[route.method.rawValue.lowercased()] = operation(route)
            paths[path] = item
        }
        return [
            "openapi": "3.1.0", "info": ["title": .string(title), "version": .string(version)], "paths": .object(paths),
            "components": [
                "schemas": ["Problem": problemSchema],
                "securitySchemes": [
                    "session": ["type": "apiKey", "in": "cookie", "name": .string(Dispatcher.sessionCookie)],
                    "client": ["type": "http", "scheme": "bearer"],
                ],
            ],
        ]
    }

    private static func operation(_ route: Route) -> JSON {
        var parameters = RouteTable.segments(route.path).filter { $0.hasPrefix("{") }.map { segment -> JSON in
            ["name": .string(String(segment.dropFirst().dropLast())), "in": "path", "required": true, "schema": ["type": "string"]]
        }
        if route.kind == .page {
            parameters.insert(
                ["name": "language", "in": "path", "required": true, "schema": ["type": "string", "enum": ["he", "ar", "en", "ru", "fr"]]], at: 0)
        }
        parameters += route.queryParameters.map { query in
            [
                "name": .string(query.name), "in": "query", "required": .bool(query.isRequired), "description": .string(query.description),
                "schema": query.schema,
            ]
        }
        return .members([
            "operationId": .string(route.operation), "summary": .string(route.summary),
            "tags": [.string(String(route.operation.prefix { $0 != "." }))], "parameters": .array(parameters),
            "requestBody": requestBody(route), "responses": responses(route), "security": security(route.audience),
            "x-audience": .string(name(of: route.audience)),
        ])
    }

    private static func requestBody(_ route: Route) -> JSON? {
        if let body = route.body { return ["required": true, "content": ["application/json": ["schema": body.schema]]] }
        guard route.kind == .page, route.method == .post else { return nil }
        return ["required": true, "content": ["application/x-www-form-urlencoded": ["schema": ["type": "object"]]]]
    }

    private static func responses(_ route: Route) -> JSON {
        var responses: [String: JSON] = [:]
        for answer in route.answers {
            var response: JSON = ["description": .string(answer.description)]
            if answer.status != 204 && !(300..<400).contains(answer.status) || answer.schema != nil {
                response["content"] = .object([answer.type: answer.schema.map { ["schema": $0] } ?? [:]])
            }
            responses["\(answer.status)"] = response
        }
        let problems: JSON = route.kind == .page
            ? ["text/html": [:]] : ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]]
        responses["default"] = ["description": "What went wrong and what to do (RFC 9457)", "content": problems]
        return .object(responses)
    }

    private static func security(_ audience: Audience) -> JSON {
        switch audience {
        case .everyone, .signedPeer: []
        case .person, .signedIn, .officer: [["session": []]]
        case .client(let scope): [["client": [.string(scope)]]]
        }
    }

    public static func name(of audience: Audience) -> String {
        switch audience {
        case .everyone: "everyone"
        case .person(let floor): "person at \(floor.name)"
        case .signedIn(let floor): "anybody signed in at \(floor.name)"
        case .officer(let role): "officer\(role.map { " as \($0)" } ?? "")"
        case .client(let scope): "client with \(scope)"
        case .signedPeer(let reason): "signed peer: \(reason)"
        }
    }

    private static let problemSchema: JSON = [
        "type": "object", "required": ["type", "title", "status"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"], "detail": ["type": "string"],
            "instance": ["type": "string"],
            "errors": [
                "type": "array",
                "items": ["type": "object", "properties": ["pointer": ["type": "string"], "code": ["type": "string"]]],
            ],
        ],
    ]
}
