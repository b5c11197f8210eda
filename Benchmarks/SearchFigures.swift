import Bodies
import Catalogue
import Database
import Foundation
import House
import Language

/// Search over ten thousand services, as people type.
enum SearchFigures {
    static let services = 10_000
    private static let rounds = 5
    private static let typed = [
        "הנחה בארנונה לסטודנטים", "דרכון", "רישיון עסק בית קפה", "moving house", "ביטוח לאומי אבטלה", "דרכוון", "קצבת ילדים", "student",
        "של מי הכתובת",
    ]

    @Sendable static func measure() async throws -> [Figure] {
        try await Scratch.withFolder { folder in
            var synthetic = try SyntheticServices(seed: 1)
            let content = try synthetic.content(count: services, folder: folder)
            let queries = typed + content.services.prefix(2_000).enumerated().filter { $0.offset % 20 == 0 }.compactMap { $0.element.name[.he] }
            let database = try SQLiteDatabase(path: "\(folder)/search.sqlite")
            try await Migrations([("catalogue", "\(Scratch.root)/Sources/Components/Catalogue/Schema")]).apply(to: database)
            let catalogue = Catalogue(database: database)
            try await catalogue.importContent(content, bodies: Bodies.load(dataFolder: "\(Scratch.root)/Data"))
            let times = try await milliseconds(queries) { _ = try await catalogue.search($0, language: .he, limit: 20) }
            let scans = try await milliseconds(Array(queries.prefix(20))) { query in
                let words = query.split(separator: " ").map { "%\($0)%" }
                let condition = words.indices.map { "content LIKE $\($0 + 1)" }.joined(separator: " AND ")
                _ = try await database.read { try $0.query("SELECT id FROM catalogue_service WHERE \(condition)", words.map { .text($0) }) { try $0.text(0) } }
            }
            await database.close()
            return [
                Figure(
                    name: "search over 10,000 services, p95", value: Measuring.percentile(times, 0.95), unit: "ms",
                    reference: .init(value: Measuring.percentile(scans, 0.95), what: "ms, LIKE over the same texts, p95"), goal: .atMost(10)),
            ]
        }
    }

    private static func milliseconds(_ queries: [String], _ search: (String) async throws -> Void) async throws -> [Double] {
        var times: [Double] = []
        for round in 0...rounds {
            for query in queries {
                let time = try await Measuring.seconds { try await search(query) }
                if round > 0 { times.append(time * 1_000) }
            }
        }
        return times
    }
}
