@testable import Catalogue
import Contracts
import Database
import Foundation
import JSONSchema
import Language
import TestKit
import Testing
import Values

@Suite struct ImportTests {
    @Test func theProjectsContentIsValid() throws {
        let content = try DemoCountry.content()
        #expect(content.services.count >= 60)
        #expect(content.services.filter { $0.rank != nil }.map { $0.rank ?? 0 }.sorted() == Array(1...20))
        #expect(Set(content.services.map { $0.bodyIDs[0] }).count >= 15)
        #expect(content.services.filter { $0.bodyIDs.count > 1 }.count >= 5)
        #expect(Set(content.services.compactMap(\.formID)) == ["municipal-tax-discount-student", "business-licence"])
        let schema = try JSONSchema(PublicService.schema)
        for service in content.services {
            #expect(schema.faults(in: service.document).isEmpty, "\(service.id)")
            #expect(PublicService(document: service.document) == service)
        }
    }

    @Test(arguments: TestDatabases.engines) func importingTwiceChangesNothing(engine: TestEngine) async throws {
        try await DemoCountry.withCatalogue(engine) { catalogue, database in
            let (content, bodies) = (try DemoCountry.content(), try BodyList.demo())
            #expect(catalogue.contentVersion == 0)
            let first = try await catalogue.importContent(content, bodies: bodies)
            #expect(first.changed.count == content.services.count && first.removed.isEmpty && first.contentVersion == 1)
            #expect(try await catalogue.importContent(content, bodies: bodies) == ImportReport(changed: [], removed: [], contentVersion: 1))
            let inventory = catalogue.inventory
            #expect(inventory.services == content.services && inventory.lifeEvents == content.lifeEvents)
            #expect(inventory.needs == content.needs && inventory.situations == content.situations)
            // Another process sees it once it looks.
            let other = Catalogue(database: database)
            #expect(try await other.refresh())
            #expect(try await !other.refresh())
            #expect(other.service("passport-renewal")?.bodyIDs.first == "population-authority")
            #expect(other.service(form: "business-licence")?.id == "business-licence-cafe")
            #expect(other.service("nothing") == nil && other.service(form: "nothing") == nil)
        }
    }

    @Test(arguments: TestDatabases.engines) func onlyWhatDiffersIsWritten(engine: TestEngine) async throws {
        try await DemoCountry.withCatalogue(engine) { catalogue, database in
            let (content, bodies) = (try DemoCountry.content(), try BodyList.demo())
            try await catalogue.importContent(content, bodies: bodies)
            var services = content.services.filter { $0.id != "dog-licence" }
            var document = try #require(services.first { $0.id == "small-claims" }).document
            document["name"] = ["he": "גלימפטרון", "en": "Glimpatron"]
            services.removeAll { $0.id == "small-claims" }
            services.append(try #require(PublicService(document: document)))
            let lifeEvents = try content.lifeEvents.map { event in
                var document = event.document
                document["steps"] = .strings(event.steps.filter { $0 != "dog-licence" })
                return try #require(LifeEvent(document: document))
            }
            let changed = try CatalogueContent(
                services: services, lifeEvents: lifeEvents, needs: content.needs, situations: content.situations, bodies: bodies)
            let report = try await catalogue.importContent(changed, bodies: bodies)
            #expect(report == ImportReport(changed: ["small-claims"], removed: ["dog-licence"], contentVersion: 2))
            #expect(try await catalogue.search("גלימפטרון", language: .he, limit: 5).services.map(\.id) == ["small-claims"])
            #expect(try await catalogue.search("dog licence", language: .en, limit: 5).services.isEmpty)
            let versions = try await database.read { connection in
                let sql = "SELECT id, version FROM catalogue_service WHERE version > 1"
                return try connection.query(sql, []) { "\(try $0.text(0)) \(try $0.int(1))" }
            }
            #expect(versions == ["small-claims 2"])
            // A body that is renamed is found by its new name.
            let name = LocalizedText([.he: "זרבובים", .en: "Zarbuvim"])
            let renamed = BodyList(bodies.bodies.map { ($0.id, $0.id == "police" ? name : $0.name) })
            #expect(try await catalogue.importContent(changed, bodies: renamed).contentVersion == 3)
            #expect(try await !catalogue.search("זרבובים", language: .he, limit: 5).services.isEmpty)
        }
    }

    @Test func theIndexIsMadeAsTheStoreWantsIt() throws {
        for (dialect, name) in [(Dialect.sqlite, "sqlite"), (.postgres, "postgres")] {
            let text = try String(contentsOfFile: "\(DemoCountry.schemaFolder)/0002-search.\(name).sql", encoding: .utf8)
            let lines = text.split(separator: "\n").filter { !$0.hasPrefix("--") }.map { String($0.dropLast()) }
            #expect(lines == Language.allCases.flatMap { FullText(table: "catalogue_search_\($0.rawValue)").createStatements(dialect) })
        }
    }
}
