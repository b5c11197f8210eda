import Foundation
import HTTPTypes
import Language
import Portal
import TestKit
import Testing
import Web

/// Prints what an uncached page costs; run by `ZAMIN_MEASURE=1 swift test --filter MeasurementTests`. Nothing is asserted about
/// time: the goals belong to the benchmarks.
@Suite struct MeasurementTests {
    static let isWanted = ProcessInfo.processInfo.environment["ZAMIN_MEASURE"] != nil

    @Test(.enabled(if: isWanted)) func pages() async throws {
        try await PortalSite.with { world in
            let clock = ContinuousClock()
            for path in ["", "/services/arnona-discount-student", "/services/dog-licence", "/services", "/life-events/birth", "/bodies",
                "/search?q=passport"] {
                // A cookie that looks like a session keeps the page out of the shared cache.
                var headers = HTTPFields()
                headers[.cookie] = "\(Dispatcher.sessionCookie)=none"
                for language in [Language.he, .ru] {
                    let incoming = Incoming(.get, "/\(language.rawValue)\(path)", headers: headers)
                    for _ in 0..<20 { _ = await world.dispatcher.answer(incoming) }
                    let count = 300
                    let time = await clock.measure { for _ in 0..<count { _ = await world.dispatcher.answer(incoming) } }
                    let bytes = await world.dispatcher.answer(incoming).body.count
                    print("\(language.rawValue)\(path): \(time / count) a page, \(bytes) bytes")
                }
            }
        }
    }
}
