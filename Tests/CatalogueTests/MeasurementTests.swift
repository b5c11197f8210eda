import Catalogue
import Database
import Foundation
import Language
import TestKit
import Testing

/// Prints how fast search is over ten thousand services; run by `ZAMIN_MEASURE=1 swift test --filter MeasurementTests`. Nothing is
/// asserted about time: the goal belongs to the benchmarks.
@Suite struct MeasurementTests {
    static let isWanted = ProcessInfo.processInfo.environment["ZAMIN_MEASURE"] != nil

    @Test(.enabled(if: isWanted), arguments: TestDatabases.engines) func search(engine: TestEngine) async throws {
        try await TestDatabases.withFolder { folder in
            var synthetic = try SyntheticServices(seed: 1)
            let content = try synthetic.content(count: 10_000, folder: folder)
            try await DemoCountry.withCatalogue(engine) { catalogue, _ in
                let clock = ContinuousClock()
                let filling = try await clock.measure { try await catalogue.importContent(content, bodies: BodyList.demo()) }
                print("import 10000 services \(engine): \(filling)")
                let queries = ["הנחה בארנונה לסטודנטים", "דרכון", "רישיון עסק בית קפה", "moving house", "ביטוח לאומי אבטלה", "דרכוון",
                    "קצבת ילדים", "student", "של מי הכתובת"]
                    + content.services.prefix(2_000).enumerated().filter { $0.offset % 20 == 0 }.compactMap { $0.element.name[.he] }
                var times: [(Duration, String)] = []
                for round in 0..<3 {
                    for query in queries {
                        let time = try await clock.measure { _ = try await catalogue.search(query, language: .he, limit: 20) }
                        if round > 0 { times.append((time, query)) }
                    }
                }
                times.sort { $0.0 < $1.0 }
                print("search \(engine): p50 \(times[times.count / 2].0), p95 \(times[times.count * 95 / 100].0), worst \(times.suffix(3))")
            }
        }
    }
}
