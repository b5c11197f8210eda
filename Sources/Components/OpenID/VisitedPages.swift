public import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// The systems at which a person signs in, what each may learn, and an end to it.
extension OpenID {
    static let visitedPath = "/me/systems"

    var visitedRoutes: [Route] {
        let audience = Audience.signedIn(Assurance(credential: 2, proof: 0))
        return [
            .page(.get, OpenID.visitedPath, for: audience, "openid.visited", "Systems at which I sign in", showVisited),
            .page(.post, "\(OpenID.visitedPath)/end", for: audience, "openid.endVisited", "End what a system may do", endVisited),
        ]
    }

    public var zoneSection: any ZoneSection { VisitedZone(openID: self) }

    struct Visited: Sendable {
        let client: Client
        let scopes: Set<Scope>
        let at: Instant
        let isStanding: Bool
    }

    /// Latest first.
    func visited(by subjectID: String, at time: Instant, in connection: any Connection) throws -> [Visited] {
        try grants.visited(by: subjectID, in: connection).compactMap { id, at in
            guard let client = try clients.find(id, in: connection) else { return nil }
            return Visited(
                client: client, scopes: try grants.consent(of: subjectID, to: id, in: connection), at: at,
                isStanding: try grants.isStanding(of: subjectID, at: id, at: time, in: connection))
        }.sorted { ($0.at, $0.client.id) > ($1.at, $1.client.id) }
    }

    private func showVisited(_ call: Call) async throws -> Reply {
        let (actor, time) = (call.actor, clock.now())
        let list = try await database.read { try visited(by: actor.id, at: time, in: $0) }
        var data: [String: Any] = [
            "isEmpty": list.isEmpty,
            "systems": list.map { visited -> [String: Any] in
                let learned = visited.scopes.sorted { $0.rawValue < $1.rawValue }.filter { !$0.claims.isEmpty && visited.client.allows($0) }
                return [
                    "name": visited.client.name.text(in: call.language), "body": bodies.body(visited.client.bodyID)?.name.text(in: call.language) ?? "",
                    "id": visited.client.id, "at": Formats.dateTime(visited.at, in: call.language),
                    "items": learned.map { ["text": site.text("openID.scope.\($0.rawValue)", call), "basis": basis(visited.client.bases[$0], call)] },
                    "hasItems": !learned.isEmpty, "isStanding": visited.isStanding,
                    "isAway": visited.isStanding && visited.scopes.contains(.offlineAccess),
                    "byLaw": learned.contains { visited.client.bases[$0]?.title != nil },
                ]
            },
        ]
        if call.query["done"] != nil { data["done"] = true }
        return try site.page("openID/visited", Site.Heading(site.text("openID.visited.title", call), back: call.page("/me")), data, for: call)
    }

    /// What was agreed to is asked again the next time; what is still good ends, and the system hears of it.
    private func endVisited(_ call: Call) async throws -> Reply {
        let (id, actor, time) = (try call.form()["client"] ?? "", call.actor, clock.now())
        let (grants, clients, audit) = (grants, clients, audit)
        let isDone = try await database.write { connection in
            guard let client = try clients.find(id, in: connection), try grants.visited(by: actor.id, in: connection)[id] != nil else { return false }
            try tellClient(client, of: actor.id, at: time, in: connection)
            try grants.deleteConsent(of: actor.id, to: id, in: connection)
            try grants.revokeAll(of: actor.id, at: id, at: time, in: connection)
            var entry = AuditEntry(subjectID: actor.id, actor: actor, action: .write, what: "openid.withdrawn", basis: .request(id), at: time)
            entry.bodyID = client.bodyID
            try audit.record(entry, in: connection)
            return true
        }
        guard isDone else { throw Problem.notFound }
        return .seeOther("\(call.page(OpenID.visitedPath))?done=1")
    }
}

/// The newest systems on the first page of the zone.
struct VisitedZone: ZoneSection {
    let openID: OpenID

    var titleKey: String { "openID.visited.title" }
    var emptyKey: String { "openID.visited.empty" }
    var href: String { OpenID.visitedPath }

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        try openID.visited(by: actor.id, at: openID.clock.now(), in: connection).prefix(limit).map { visited in
            ZoneItem(title: visited.client.name.text(in: language), detail: Formats.dateTime(visited.at, in: language), href: href)
        }
    }
}
