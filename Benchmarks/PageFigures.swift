import Foundation
import HTTPTypes
import House
import Synchronization
import Web

/// Public pages: ready ones over HTTP, and made afresh.
enum PageFigures {
    static let page = "/he/services/arnona-discount-student"
    private static let rounds = 5
    private static let seconds = 3

    @Sendable static func measure() async throws -> [Figure] {
        try await DemoCountry.with { country in
            [try await fromCache(country), try await afresh(country)]
        }
    }

    /// The server and the reference by turns, each alone with the load generator on the machine.
    private static func fromCache(_ country: DemoCountry) async throws -> Figure {
        let server = try country.start("serve")
        defer { Programs.stop(server) }
        let bytes = try await Programs.firstAnswer(country.port, page)
        let (file, port) = ("\(country.folder)/page.html", try Programs.freePort())
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        let reference = try Programs.start("\(Programs.folder)/benchmarks", [ReferenceServer.command, "\(port)", file])
        defer { Programs.stop(reference) }
        _ = try await Programs.firstAnswer(port, "/")
        var (rates, references): ([Double], [Double]) = ([], [])
        for _ in 0..<rounds {
            references.append(try Programs.load("http://127.0.0.1:\(port)/", seconds: seconds))
            rates.append(try Programs.load("http://127.0.0.1:\(country.port)\(page)", seconds: seconds))
        }
        return Figure(
            name: "public page from the cache (\(bytes.count / 1024) KB)", value: Measuring.median(rates), unit: "requests/s",
            reference: .init(value: Measuring.median(references), what: "a Hummingbird route with the same bytes"), goal: .ratioAtLeast(0.6))
    }

    /// By processor time, so that it is the same whatever else the machine does. A new content version for each request leaves nothing
    /// ready.
    private static func afresh(_ country: DemoCountry) async throws -> Figure {
        let base = try await country.foundations()
        let house = try await House(base)
        let version = Mutex<Int64>(1)
        let fresh = try house.dispatcher { version.withLock { version in version += 1; return version } }
        let ready = try house.dispatcher()
        var (rates, references): ([Double], [Double]) = ([], [])
        for round in 0...rounds {
            let (made, kept) = (try await perSecond(fresh, 2_000), try await perSecond(ready, 20_000))
            if round > 0 { rates.append(made); references.append(kept) }
        }
        await house.close()
        return Figure(
            name: "service page in Hebrew, uncached, per core", value: Measuring.median(rates), unit: "pages/s",
            reference: .init(value: Measuring.median(references), what: "pages/s from the cache, in process"), goal: .atLeast(3_000))
    }

    private static func perSecond(_ dispatcher: Dispatcher, _ count: Int) async throws -> Double {
        let start = Measuring.processorSeconds
        for _ in 0..<count {
            let reply = await dispatcher.answer(Incoming(.get, page))
            guard reply.status == 200 else { throw BenchmarkError("\(page) answered \(reply.status)") }
        }
        return Double(count) / (Measuring.processorSeconds - start)
    }
}
