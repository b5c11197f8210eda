import Bodies
import Catalogue
import Contracts
import Database
import Foundation
import HTTPTypes
import Language
import Logging
import Portal
import TestKit
import Testing
import Trust
import Values
import Web

/// The whole site with the project's own content, in process.
struct PortalSite: Sendable {
    let catalogue: Catalogue
    let bodies: Bodies
    let site: Site
    let portal: Portal
    let dispatcher: Dispatcher

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
    static let publicURL = "https://zamin.example"

    static func with<Value: Sendable>(
        _ engine: TestEngine = .sqlite, _ body: @Sendable (PortalSite) async throws -> Value
    ) async throws -> Value {
        try await TestDatabases.with(engine) { database in
            try await Migrations([("catalogue", "\(root)/Sources/Components/Catalogue/Schema")]).apply(to: database)
            return try await body(try await PortalSite(database))
        }
    }

    private init(_ database: any Database) async throws {
        bodies = try Bodies.load(dataFolder: "\(PortalSite.root)/Data")
        catalogue = Catalogue(database: database)
        try await catalogue.importContent(try CatalogueContent.read(dataFolder: "\(PortalSite.root)/Data", bodies: bodies), bodies: bodies)
        site = try Site(
            folders: [
                ResourceFolder(module: "web", path: "\(PortalSite.root)/Sources/Core/Web"),
                ResourceFolder(module: "portal", path: "\(PortalSite.root)/Sources/Journeys/Portal"),
            ], frame: Site.Frame(navigation: Portal.navigation))
        portal = Portal(catalogue: catalogue, bodies: bodies, site: site, settings: .init(publicURL: PortalSite.publicURL))
        let catalogue = catalogue
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        dispatcher = try Dispatcher(
            routes: portal.routes, site: site, authenticator: NobodySignsIn(),
            settings: .init(
                rates: .unlimited, formKey: HMACKey(bytes: Array(repeating: 7, count: 32)), contentVersion: { catalogue.contentVersion }),
            logger: logger)
    }

    func get(_ target: String) async -> Reply { await dispatcher.answer(Incoming(.get, target)) }

    func text(_ target: String) async -> String { String(decoding: await get(target).body, as: UTF8.self) }

    /// Every public page, without its language.
    var paths: [String] {
        let inventory = catalogue.inventory
        let terms = [("needs", inventory.needs), ("situations", inventory.situations)].flatMap { kind, taxonomy in
            taxonomy.terms.filter { inventory.count(term: $0.slug) > 0 || $0.parent == nil }.map { "/\(kind)/\($0.slug)" }
        }
        return ["", "/services", "/life-events", "/bodies", "/about", "/about/accessibility", "/about/privacy", "/search"]
            + inventory.services.map { "/services/\($0.id)" } + inventory.lifeEvents.map { "/life-events/\($0.id)" }
            + bodies.bodies.map { "/bodies/\($0.id)" } + terms
    }
}

/// One site for a whole suite whose tests only read it: `@Suite(.readingSite) struct …`, and in a test
/// `let world = try PortalSite.shared()`.
struct ReadingSite: SuiteTrait, TestScoping {
    @TaskLocal static var current: [TestEngine: PortalSite] = [:]

    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void) async throws {
        try await open(TestDatabases.engines[...], [:], function)
    }

    private func open(
        _ engines: ArraySlice<TestEngine>, _ open: [TestEngine: PortalSite], _ function: @Sendable () async throws -> Void
    ) async throws {
        guard let engine = engines.first else { return try await ReadingSite.$current.withValue(open) { try await function() } }
        try await PortalSite.with(engine) { world in
            try await self.open(engines.dropFirst(), open.merging([engine: world]) { $1 }, function)
        }
    }
}

extension Trait where Self == ReadingSite {
    static var readingSite: ReadingSite { ReadingSite() }
}

extension PortalSite {
    static func shared(_ engine: TestEngine = .sqlite) throws -> PortalSite { try #require(ReadingSite.current[engine]) }
}

/// The words of a page as a reader meets them.
struct PageText {
    let html: String

    /// What stands inside `main`, without the elements marked as being in another language, without machine-readable blocks and addresses.
    var ownWords: String {
        var text = html.range(of: "<main").map { String(html[$0.lowerBound...]) } ?? html
        text = text.range(of: "</main>").map { String(text[..<$0.lowerBound]) } ?? text
        for pattern in ["(?s)<script.*?</script>", "(?s)<([a-z0-9]+)( [^>]*)? lang=\"[a-z]+\"[^>]*>.*?</\\1>", "(?s)<bdi.*?</bdi>",
            "(?s)<[^>]+>"] {
            text = text.replacingOccurrences(of: pattern, with: " ", options: .regularExpression)
        }
        return text
    }

    func matches(_ pattern: String) -> [String] {
        var found: [String] = []
        var rest = html[...]
        while let range = rest.range(of: pattern, options: .regularExpression) {
            found.append(String(rest[range]))
            rest = rest[range.upperBound...]
        }
        return found
    }
}
