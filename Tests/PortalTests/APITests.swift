import Bodies
import Catalogue
import Foundation
import HTTPTypes
import JSONSchema
import Language
import Portal
import TestKit
import Testing
import Values
import Web

@Suite(.readingSite) struct APITests {
    /// The answer of an operation, held against the schema that OpenAPI tells.
    private func answer(_ world: PortalSite, _ operation: String, _ target: String) async throws -> JSON {
        let route = try #require(world.portal.routes.first { $0.operation == operation })
        let schema = try JSONSchema(try #require(route.answers.first { $0.status == 200 }?.schema))
        let reply = await world.get(target)
        #expect(reply.status == 200 && reply.headers[.contentType] == "application/json", "\(target)")
        let json = try JSON.parse(reply.body)
        let faults = schema.faults(in: json)
        #expect(faults.isEmpty, "\(target): \(faults.prefix(3))")
        return json
    }

    @Test func answersFitTheirSchemas() async throws {
        let world = try PortalSite.shared()
        let services = world.catalogue.inventory.services
        for service in services {
            let json = try await answer(world, "portal.getService", "/api/v1/services/\(service.id)")
            #expect(json["id"]?.string == service.id)
        }
        #expect(try await answer(world, "portal.listBodies", "/api/v1/bodies")["items"]?.array?.count == world.bodies.bodies.count)
        #expect(try await answer(world, "portal.listLifeEvents", "/api/v1/life-events")["items"]?.array?.count == 20)
        for language in Language.allCases {
            for query in ["passport", "דרכון", "xqzwvkj", "דרכוון", "1"] {
                let json = try await answer(
                    world, "portal.searchServices", "/api/v1/search?q=\(PercentEncoding.encode(query))&language=\(language.rawValue)")
                #expect(json["query"]?.string == query)
            }
        }
        let found = try await answer(world, "portal.searchServices", "/api/v1/search?q=passport&language=en&limit=1")
        #expect(found["services"]?.array?.count == 1 && found["services"]?[0]?["name"] == "Passport: new or renewed")
    }

    @Test func servicesAreListedToTheEnd() async throws {
        let world = try PortalSite.shared()
        var ids: [String] = []
        var after: String? = ""
        while let id = after {
            let json = try await answer(world, "portal.listServices", "/api/v1/services?limit=7" + (id.isEmpty ? "" : "&after=\(id)"))
            #expect(json["total"]?.int == Int64(world.catalogue.inventory.services.count))
            ids += json["items"]?.array?.compactMap { $0["id"]?.string } ?? []
            after = json["next"]?.string
        }
        #expect(ids == world.catalogue.inventory.services.map(\.id))
    }

    @Test func badQuestionsAreProblems() async throws {
        let world = try PortalSite.shared()
        for (target, status) in [
            ("/api/v1/services/nothing", 404), ("/api/v1/services?limit=0", 422), ("/api/v1/services?limit=101", 422),
            ("/api/v1/services?limit=x", 422),
            ("/api/v1/search", 422), ("/api/v1/search?q=", 422), ("/api/v1/search?q=a&language=de", 422), ("/api/v1/search?q=%00", 400),
            ("/api/v1/search?q=\(String(repeating: "a", count: 201))", 422),
        ] {
            let reply = await world.get(target)
            #expect(reply.status == status, "\(target): \(reply.status)")
            #expect(reply.headers[.contentType] == "application/problem+json", "\(target)")
        }
    }

    @Test func searchEnginesFindEveryPage() async throws {
        let world = try PortalSite.shared()
        let map = await world.get("/sitemap.xml")
        #expect(map.headers[.contentType] == "application/xml")
        let text = String(decoding: map.body, as: UTF8.self)
        let addresses = PageText(html: text).matches("<loc>[^<]*</loc>").map { String($0.dropFirst(5).dropLast(6)) }
        #expect(Set(addresses).count == addresses.count && addresses.count > 1_000)
        for address in addresses where address.contains("/he") {
            #expect(await world.get(String(address.dropFirst(PortalSite.publicURL.count))).status == 200, "\(address)")
        }
        let robots = await world.text("/robots.txt")
        #expect(robots.contains("Sitemap: \(PortalSite.publicURL)/sitemap.xml") && robots.contains("Disallow: /*/search"))
    }

    @Test func theWholeTableIsValidOpenAPI() async throws {
        let world = try PortalSite.shared()
        let document = OpenAPI.document(title: "t", version: "1", world.dispatcher.table)
        #expect(document["paths"]?["/api/v1/search"]?["get"]?["operationId"] == "portal.searchServices")
        for route in world.portal.routes {
            #expect(route.isShared && route.audience == .everyone, "\(route.operation)")
            for answer in route.answers { if let schema = answer.schema { _ = try JSONSchema(schema) } }
        }
    }
}
