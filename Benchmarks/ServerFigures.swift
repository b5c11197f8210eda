import Foundation

/// The server as a process: how soon it answers, how much memory it holds.
enum ServerFigures {
    private static let starts = 5
    /// What the server has shown when its memory is read.
    private static let pages = [
        "/he", "/he/services", "/he/life-events", "/he/bodies", "/he/search?q=%D7%93%D7%A8%D7%9B%D7%95%D7%9F", "/en/services/passport-renewal",
        "/ar", "/ru/services", "/fr/bodies", "/openapi.json", "/en/developers", "/he/sign-in",
    ]

    @Sendable static func measure() async throws -> [Figure] {
        try await DemoCountry.with(people: 100_000) { country in
            var times: [Double] = []
            for _ in 0..<starts {
                times.append(try await Measuring.seconds {
                    let server = try country.start("serve")
                    _ = try await Programs.firstAnswer(country.port, "/he")
                    Programs.stop(server)
                })
            }
            return [
                Figure(
                    name: "start to first answer", value: Measuring.median(times), unit: "s",
                    reference: .init(value: try bareStart(), what: "s, `zamin --help`"), goal: .atMost(2)),
                try await memory(country),
            ]
        }
    }

    private static func bareStart() throws -> Double {
        let start = ContinuousClock.now
        try Programs.run("\(Programs.folder)/zamin", ["--help"])
        return (ContinuousClock.now - start).seconds
    }

    private static func memory(_ country: DemoCountry) async throws -> Figure {
        let (file, port) = ("\(country.folder)/page.html", try Programs.freePort())
        let server = try country.start("serve")
        defer { Programs.stop(server) }
        try Data(try await Programs.firstAnswer(country.port, "/he")).write(to: URL(fileURLWithPath: file))
        let reference = try Programs.start("\(Programs.folder)/benchmarks", [ReferenceServer.command, "\(port)", file])
        defer { Programs.stop(reference) }
        _ = try await Programs.firstAnswer(port, "/")
        _ = try Programs.load("http://127.0.0.1:\(port)/", seconds: 2)
        for page in pages {
            guard Programs.get(country.port, page) != nil else { throw BenchmarkError("\(page) is not answered") }
            _ = try Programs.load("http://127.0.0.1:\(country.port)\(page)", seconds: 1)
        }
        return Figure(
            name: "resident memory of the server, after load", value: try Programs.residentMegabytes(server), unit: "MB",
            reference: .init(value: try Programs.residentMegabytes(reference), what: "MB, the bare Hummingbird server"), goal: .atMost(200))
    }
}
