import Catalogue
import Contracts
import HTTPTypes
import Language
import Values
import Web

/// The same as data: `/api/v1/…`. Texts are objects of language and text, but in search, which answers in one language.
extension Portal {
    var api: [Route] {
        [
            .api(
                .get, "/api/v1/services", for: .everyone, "portal.listServices", "Public services, by id",
                query: [
                    .init("limit", "How many", schema: PortalSchemas.limit),
                    .init("after", "The id after which to go on", schema: PortalSchemas.id),
                ], answers: [.init(200, "A page of services", schema: PortalSchemas.services)], shared: true, listServices),
            .api(
                .get, "/api/v1/services/{id}", for: .everyone, "portal.getService", "One public service, with everything there is to tell",
                answers: [.init(200, "The service", schema: PublicService.schema)], shared: true, getService),
            .api(
                .get, "/api/v1/search", for: .everyone, "portal.searchServices", "Find services by what people type",
                query: [
                    .init("q", "What is looked for", required: true, schema: PortalSchemas.query),
                    .init("language", "Of the reader; he when left out", schema: PortalSchemas.language),
                    .init("limit", "How many", schema: PortalSchemas.limit),
                ], answers: [.init(200, "What was found, the best first", schema: PortalSchemas.search)], shared: true, searchServices),
            .api(
                .get, "/api/v1/bodies", for: .everyone, "portal.listBodies", "Public bodies",
                answers: [.init(200, "All of them", schema: PortalSchemas.bodies)], shared: true, listBodies),
            .api(
                .get, "/api/v1/life-events", for: .everyone, "portal.listLifeEvents", "Life events and their steps",
                answers: [.init(200, "All of them", schema: PortalSchemas.lifeEvents)], shared: true, listLifeEvents),
        ]
    }

    private func listServices(_ call: Call) throws -> Reply {
        let limit = try Portal.limit(call)
        let all = shelf.inventory.services
        let after = call.query["after"] ?? ""
        let rest = after.isEmpty ? all[...] : all.drop { $0.id <= after }
        let page = rest.prefix(limit)
        return .json([
            "items": .array(page.map(card)), "total": .int(Int64(all.count)),
            "next": page.count < rest.count ? page.last.map { .string($0.id) } ?? .null : .null,
        ])
    }

    private func card(_ service: PublicService) -> JSON {
        [
            "id": .string(service.id), "name": service.name.json, "summary": service.summary.json, "bodies": .strings(service.bodyIDs),
            "for": .strings(service.beneficiaries.map(\.rawValue)), "lifeEvents": .strings(service.lifeEventIDs),
            "rank": service.rank.map { .int(Int64($0)) } ?? .null, "form": service.formID.map(JSON.string) ?? .null,
            "cost": ["amountMinor": .int(service.cost.amount.minorUnits), "currency": .string(service.cost.amount.currency)],
            "workingDays": .int(Int64(service.time.workingDays)), "href": .string("/api/v1/services/\(service.id)"),
        ]
    }

    private func getService(_ call: Call) throws -> Reply {
        guard let service = shelf.inventory.service(call.parameter("id")) else { throw Problem.notFound }
        return .json(service.document)
    }

    private func searchServices(_ call: Call) async throws -> Reply {
        let limit = try Portal.limit(call)
        guard let query = call.query["q"] else { throw Problem.invalid([FieldFault("/q", "required")]) }
        guard !query.isEmpty else { throw Problem.invalid([FieldFault("/q", "minLength")]) }
        guard query.unicodeScalars.count <= Portal.queryLettersMax else { throw Problem.invalid([FieldFault("/q", "maxLength")]) }
        let asked = call.query["language"] ?? Language.standard.rawValue
        guard let language = Language(rawValue: asked) else { throw Problem.invalid([FieldFault("/language", "enum")]) }
        let outcome = try await catalogue.search(query, language: language, limit: limit)
        return .json([
            "query": .string(query), "language": .string(language.rawValue),
            "services": .array(outcome.services.map { result($0, language) }),
            "related": .array(outcome.related.map { result($0, language) }), "suggestion": outcome.suggestion.map(JSON.string) ?? .null,
            "corrected": .bool(outcome.isCorrected),
        ])
    }

    private func result(_ service: PublicService, _ language: Language) -> JSON {
        let (name, summary) = (service.name.reading(in: language), service.summary.reading(in: language))
        return [
            "id": .string(service.id), "name": .string(name.text), "summary": .string(summary.text),
            "language": .string(name.language.rawValue),
            "bodies": .strings(service.bodyIDs), "page": .string("/\(language.rawValue)/services/\(service.id)"),
            "href": .string("/api/v1/services/\(service.id)"),
        ]
    }

    private func listBodies(_ call: Call) -> Reply {
        .json(["items": .array(bodies.bodies.map { body in
            [
                "id": .string(body.id), "kind": .string(body.kind.rawValue), "parent": body.parentID.map(JSON.string) ?? .null,
                "number": body.number.map(JSON.string) ?? .null, "locality": body.localityCode.map { .int(Int64($0)) } ?? .null,
                "name": body.name.json, "about": body.about.json, "phone": body.phone.map(JSON.string) ?? .null,
                "site": body.site.map(JSON.string) ?? .null,
            ]
        })])
    }

    private func listLifeEvents(_ call: Call) -> Reply {
        .json(["items": .array(shelf.inventory.lifeEvents.map(\.document))])
    }

    private static func limit(_ call: Call) throws(Problem) -> Int {
        guard let text = call.query["limit"] else { return PortalSchemas.limitUsual }
        guard let limit = Int(text), (1...PortalSchemas.limitMax).contains(limit) else { throw .invalid([FieldFault("/limit", "range")]) }
        return limit
    }
}
