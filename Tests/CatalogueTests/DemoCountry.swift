import Catalogue
import Contracts
import Database
import Foundation
import Language
import TestKit
import Values

/// The project's own content, and a database with the catalogue's tables.
enum DemoCountry {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
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
                id: $0.id, kind: .authority, parentID: nil, number: nil, localityCode: nil, name: $0.name, about: $0.name, phone: nil, site: nil)
        }
    }

    static func demo() throws -> BodyList {
        let json = try JSON.parse(Array(try Data(contentsOf: URL(fileURLWithPath: "\(DemoCountry.dataFolder)/bodies.json"))))
        return BodyList(try (json.array ?? []).map { ($0["id"]?.string ?? "", try LocalizedText(json: $0["name"] ?? .null)) })
    }
}
