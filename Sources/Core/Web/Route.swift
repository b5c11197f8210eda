public import HTTPTypes
public import Values

/// One line of a table of contents: what is asked, who may ask, what comes back. From the table come the router, the
/// authorization check, the rate limits and OpenAPI; there is no second list anywhere.
public struct Route: Sendable {
    public enum Kind: Sendable, Hashable {
        /// HTML in the reader's language, served under `/{language}`.
        case page
        /// JSON, or a file, served at the path as it stands.
        case api
    }

    public typealias Handler = @Sendable (Call) async throws -> Reply

    public let kind: Kind
    public let method: HTTPRequest.Method
    /// Such as `/services/{id}`; a name in braces matches one segment.
    public let path: String
    public let audience: Audience
    /// `module.verbNoun`, unique; OpenAPI's operationId.
    public let operation: String
    public let summary: String
    public let handler: Handler

    public var body: JSONBody?
    /// Status → what comes back with it. Problems need not be listed.
    public var answers: [Answer]
    public var queryParameters: [QueryParameter] = []
    public var bodyLimit: Int = Route.formLimit
    public var rate: Rate
    /// The same bytes for everybody who has no session cookie: kept ready by (path, query, language, content version).
    public var isShared: Bool = false

    /// Bytes of an ordinary form.
    public static let formLimit = 256 * 1024

    /// How often one address (and one person) may call, in a minute.
    public enum Rate: Sendable, Hashable {
        case usual
        /// Where guessing pays: passwords, codes, case numbers.
        case guarded
        /// Machine to machine.
        case busy
    }

    public struct JSONBody: Sendable, Hashable {
        public let schema: JSON
        public init(_ schema: JSON) { self.schema = schema }
    }

    public struct Answer: Sendable, Hashable {
        public let status: Int
        public let description: String
        public let type: String
        public let schema: JSON?
        public init(_ status: Int, _ description: String, type: String = "application/json", schema: JSON? = nil) {
            (self.status, self.description, self.type, self.schema) = (status, description, type, schema)
        }
    }

    public struct QueryParameter: Sendable, Hashable {
        public let name: String
        public let description: String
        public let isRequired: Bool
        public let schema: JSON
        public init(_ name: String, _ description: String, required: Bool = false, schema: JSON = ["type": "string"]) {
            (self.name, self.description, self.isRequired, self.schema) = (name, description, required, schema)
        }
    }

    /// A page for people.
    public static func page(
        _ method: HTTPRequest.Method, _ path: String, for audience: Audience, _ operation: String, _ summary: String,
        rate: Rate = .usual, bodyLimit: Int = Route.formLimit, shared: Bool = false, _ handler: @escaping Handler
    ) -> Route {
        var route = Route(
            kind: .page, method: method, path: path, audience: audience, operation: operation, summary: summary, handler: handler,
            body: nil, answers: [Answer(200, "The page", type: "text/html")], rate: rate)
        route.bodyLimit = bodyLimit
        route.isShared = shared
        return route
    }

    /// This page's route, answering with a file of one of these media types instead.
    public func giving(_ types: String...) -> Route {
        var route = self
        route.answers = types.map { Answer(200, "The file", type: $0) }
        return route
    }

    /// An operation for programs. With a `body`, what is sent is checked against its schema before the handler runs.
    public static func api(
        _ method: HTTPRequest.Method, _ path: String, for audience: Audience, _ operation: String, _ summary: String,
        query: [QueryParameter] = [], body: JSON? = nil, answers: [Answer], rate: Rate = .usual, bodyLimit: Int = Route.formLimit,
        shared: Bool = false, _ handler: @escaping Handler
    ) -> Route {
        var route = Route(
            kind: .api, method: method, path: path, audience: audience, operation: operation, summary: summary, handler: handler,
            body: body.map(JSONBody.init), answers: answers, rate: rate)
        route.queryParameters = query
        route.bodyLimit = bodyLimit
        route.isShared = shared
        return route
    }
}
