import Database
import HTTPTypes
import Language
package import Values
package import Web

/// Routes for those who run and program against the server: health, the OpenAPI document, and its page for people.
package struct Operations: Sendable {
    static let version = "0.1.0"

    let database: any Database
    let site: Site

    func routes(describing others: [Route]) throws -> [Route] {
        let own = [live, ready]
        let programs = others + own + [site.files.route]
        let developers = Route.page(
            .get, "/developers", for: .everyone, "operations.developers", "The interfaces, for people who write programs", shared: true
        ) { call in try self.developers(call, programs) }
        return own + [developers, try Operations.description(of: programs + [developers])]
    }

    /// The route of the OpenAPI document of these routes, of itself, and of what the server sends.
    package static func description(of routes: [Route], webhooks: JSON? = nil) throws -> Route {
        func route(_ document: Reply) -> Route {
            .api(
                .get, "/openapi.json", for: .everyone, "operations.openAPI", "This server's routes as OpenAPI 3.1",
                answers: [.init(200, "The document", schema: ["type": "object"])], shared: true
            ) { _ in document }
        }
        return route(.json(OpenAPI.document(title: "Zamin", version: version, try RouteTable(routes + [route(Reply())]), webhooks: webhooks)))
    }

    private var live: Route {
        .api(
            .get, "/health/live", for: .everyone, "operations.live", "Whether the process answers",
            answers: [.init(200, "It does", schema: Operations.statusSchema)], rate: .busy
        ) { _ in .json(["status": "live"]) }
    }

    private var ready: Route {
        .api(
            .get, "/health/ready", for: .everyone, "operations.ready", "Whether the database answers",
            answers: [.init(200, "It does", schema: Operations.statusSchema)], rate: .busy
        ) { _ in
            do { _ = try await database.read { try $0.first("SELECT 1") { try $0.int(0) } } } catch { throw Problem.unavailable }
            return .json(["status": "ready"])
        }
    }

    private static let statusSchema: JSON = [
        "type": "object", "required": ["status"], "properties": ["status": ["type": "string"]], "additionalProperties": false,
    ]

    private func developers(_ call: Call, _ routes: [Route]) throws -> Reply {
        let operations = routes.filter { $0.kind == .api }.sorted { $0.path < $1.path }.map { route -> [String: Any] in
            ["method": route.method.rawValue, "path": route.path, "summary": route.summary, "audience": OpenAPI.name(of: route.audience)]
        }
        return try site.page(
            "web/developers", Site.Heading(site.text("web.developers.title", call)), ["operations": operations], for: call)
    }
}
