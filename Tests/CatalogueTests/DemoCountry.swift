import Catalogue
import Contracts
import Database
import Foundation
import Language
import TestKit
import Testing
import Values

/// The project's own content, and a database with the catalogue's tables.
enum DemoCountry {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
    static let dataFolder = "\(root)/Data"
    static let schemaFolder = "\(root)/Sources/Components/Catalogue/Schema"

    static func content() throws -> CatalogueContent { try CatalogueContent.read(dataFolder: dataFolder, bodies: try BodyList.demo()) }

    /// An empty catalogue on an empty database.
    static func withCatalogue<Value: Sendable>(
        _ engine: TestEngine, _ body: @Sendable (Catalogue, any Database) async throws -> Value
    ) async throws -> Value {
        try await TestDatabases.with(engine) { database in
            try await Migrations([("catalogue", schemaFolder)]).apply(to: database)
            return try await body(Catalogue(database: database), database)
        }
    }
}

/// One filled catalogue per engine for a whole suite whose tests only read it: `@Suite(.filledCatalogue)`, and in a test
/// `FilledCatalogue.of(engine)`.
struct FilledCatalogue: SuiteTrait, TestScoping {
    @TaskLocal private static var current: [TestEngine: Catalogue] = [:]

    static func of(_ engine: TestEngine) throws -> Catalogue { try #require(current[engine]) }

    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        try await open(TestDatabases.engines[...], [:], function)
    }

    private func open(
        _ engines: ArraySlice<TestEngine>, _ open: [TestEngine: Catalogue], _ function: @Sendable () async throws -> Void
    ) async throws {
        guard let engine = engines.first else { return try await FilledCatalogue.$current.withValue(open) { try await function() } }
        try await DemoCountry.withCatalogue(engine) { catalogue, _ in
            try await catalogue.importContent(DemoCountry.content(), bodies: BodyList.demo())
            try await self.open(engines.dropFirst(), open.merging([engine: catalogue]) { $1 }, function)
        }
    }
}

extension Trait where Self == FilledCatalogue {
    static var filledCatalogue: FilledCatalogue { FilledCatalogue() }
}

/// Bodies by name alone: the module Bodies is a neighbour of the one tested here.
struct BodyList: BodyDirectory {
    let bodies: [PublicBody]
    var localities: [Locality] { [] }
    func body(_ id: String) -> PublicBody? { bodies.first { $0.id == id } }
    func locality(_ code: Int) -> Locality? { nil }
    func municipality(of locality: Int) -> PublicBody? { nil }

    init(_ names: [(id: String, name: LocalizedText)]) {
        bodies = names.map {
            PublicBody(
                id: $0.id, kind: .authority, parentID: nil, number: nil, localityCode: nil, name: $0.name, about: $0.name,
                phone: nil, site: nil)
        }
    }

    static func demo() throws -> BodyList {
        let json = try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: "\(DemoCountry.dataFolder)/bodies.json"))))
        return BodyList(try (json.array ?? []).map { ($0["id"]?.string ?? "", try LocalizedText(json: $0["name"] ?? .null)) })
    }
}
