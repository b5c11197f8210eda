import HTTPTypes
public import Values

/// The OpenAPI 3.1 document of a route table. Pages are in it too: they are part of what the server answers.
public enum OpenAPI {
    /// - Parameter webhooks: what the server itself sends, by name (OpenAPI 3.1).
    public static func document(title: String, version: String, _ table: RouteTable, webhooks: JSON? = nil) -> JSON {
        var paths: [String: JSON] = [:]
        for route in table.routes {
            let path = route.kind == .page ? "/{language}\(route.path == "/" ? "" : route.path)" : route.path
            var item = paths[path] ?? [:]
            item[route.method.rawValue.lowercased()] = operation(route)
            paths[path] = item
        }
        return .members([
            "openapi": "3.1.0", "info": ["title": .string(title), "version": .string(version)], "paths": .object(paths),
            "webhooks": webhooks, "components": [
                "schemas": ["Problem": problemSchema],
                "securitySchemes": [
                    "session": ["type": "apiKey", "in": "cookie", "name": .string(Dispatcher.sessionCookie)],
                    "client": ["type": "http", "scheme": "bearer"],
                ],
            ],
        ])
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
        let form: JSON = [
            "schema": [
                "type": "object", "required": ["_csrf"],
                "properties": ["_csrf": ["type": "string", "description": "The token that stands in the page with the form"]],
            ]
        ]
        return ["required": true, "content": ["application/x-www-form-urlencoded": form, "multipart/form-data": form]]
    }

    private static func responses(_ route: Route) -> JSON {
        var responses: [String: JSON] = [:]
        for answer in route.answers {
            let status = "\(answer.status)"
            var response = responses[status] ?? ["description": .string(answer.description)]
            if answer.status != 204 && !(300..<400).contains(answer.status) || answer.schema != nil {
                var content = response["content"] ?? [:]
                content[answer.type] = answer.schema.map { ["schema": $0] } ?? [:]
                response["content"] = content
            }
            responses[status] = response
        }
        if route.kind == .page { responses["303"] = ["description": "Go on at another page; whoever must sign in first, at the sign-in page"] }
        if route.isShared { responses["304"] = ["description": "Unchanged since the ETag that was sent as If-None-Match"] }
        var problems: JSON = ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]]
        // A page tells people; only where no page is meant, such as under a language there is not, programs are told.
        if route.kind == .page { problems["text/html"] = [:] }
        responses["default"] = ["description": "What went wrong and what to do (RFC 9457)", "content": problems]
        return .object(responses)
    }

    private static func security(_ audience: Audience) -> JSON {
        switch audience {
        case .everyone, .signedPeer: []
        case .person, .applicant, .signedIn, .officer: [["session": []]]
        case .client(let scope): [["client": [.string(scope)]]]
        }
    }

    public static func name(of audience: Audience) -> String {
        switch audience {
        case .everyone: "everyone"
        case .person(let floor): "person at \(floor.name)"
        case .applicant(let floor): "person, also by mandate, at \(floor.name)"
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
