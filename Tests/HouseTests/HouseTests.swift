import Catalogue
import Database
import Foundation
import House
import HTTPTypes
import Language
import Logging
import TestKit
import Testing
import Values
import Web

/// The house as `zamin serve` opens it, on an empty embedded database.
private func withHouse<Value: Sendable>(_ body: @Sendable (House) async throws -> Value) async throws -> Value {
    try await TestDatabases.withFolder { folder in
        let settings = try await Settings.read(arguments: [
            "zamin", "--data-dir", "\(folder)/data", "--root", TestPython.root, "--password-memory", "8", "--password-passes", "1",
        ])
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let base = try await Foundations(settings, logger)
        try await base.migrations.apply(to: base.database)
        let house = try await House(base)
        let value = try await body(house)
        await house.close()
        return value
    }
}

@Suite struct HouseTests {
    /// Deny by default: whoever is not signed in gets nothing from any route that is not for everyone.
    @Test func strangersGetNothingThatIsNotForEveryone() async throws {
        try await withHouse { house in
            let dispatcher = try house.dispatcher()
            var refused = 0
            for route in dispatcher.table.routes {
                let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "00000000-0000-7000-8000-000000000000" : String($0) }
                let target = (route.kind == .page ? "/he" : "") + "/" + path.joined(separator: "/")
                let reply = await dispatcher.answer(Incoming(route.method, target))
                #expect(reply.status < 500, "\(route.operation) answers a stranger with \(reply.status)")
                switch route.audience {
                case .everyone, .signedPeer: continue
                case .person, .applicant, .signedIn, .officer, .client:
                    refused += 1
                    let isSentToSignIn = reply.status == 303 && reply.headers[.location]?.hasPrefix("/he/sign-in") == true
                    #expect(isSentToSignIn || [401, 403].contains(reply.status), "\(route.operation) answers a stranger with \(reply.status)")
                }
            }
            #expect(refused > 40)
        }
    }

    /// Deny by default: whoever acts for another person gets only what asks whether the mandate covers it.
    @Test func whoActsByMandateIsLetInOnlyWhereItIsAskedFor() async throws {
        try await withHouse { house in
            let dispatcher = try house.dispatcher(authenticator: Attorney())
            var open: Set<String> = []
            for route in dispatcher.table.routes {
                guard route.method == .get, route.kind == .page else { continue }
                let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "00000000-0000-7000-8000-000000000000" : String($0) }
                let target = "/en/" + path.joined(separator: "/")
                let reply = await dispatcher.answer(Incoming(.get, target, headers: [.cookie: "\(Dispatcher.sessionCookie)=a", .accept: "text/html"]))
                #expect(reply.status < 500, "\(route.operation) answers an attorney with \(reply.status)")
                switch route.audience {
                case .person, .officer: #expect(reply.status == 403, "\(route.operation) answers an attorney with \(reply.status)")
                case .applicant: open.insert(String(route.operation.prefix { $0 != "." }))
                case .everyone, .signedIn, .signedPeer, .client: continue
                }
            }
            #expect(open == ["forms", "delivery", "personalZone", "payments"])
        }
    }

    private struct Attorney: Authenticator {
        func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
            let mandate = Mandate(id: "m", principalID: UUIDv7.next(), services: nil, mayAct: true)
            return Actor(
                kind: .person, id: UUIDv7.next(), name: "A", sessionID: "s", assurance: Assurance(credential: 3, proof: 3), capacity: .attorney(mandate))
        }
    }

    /// Everything people read is there in five languages: texts of all modules, and of every problem the sources can name.
    @Test func everyTextIsThereInFiveLanguages() async throws {
        try await withHouse { house in
            let catalogue = house.base.site.catalogue
            #expect(catalogue.problems().map(\.description) == [])
            let codes = try problemCodes()
            #expect(codes.count > 40)
            for code in codes {
                let key = Problem(400, code).textKey
                for language in Language.allCases where catalogue.has("web.name", in: language) {
                    #expect(catalogue.has("\(key).title", in: language) && catalogue.has("\(key).detail", in: language), "\(code) has no text in \(language)")
                }
            }
        }
    }

    /// Codes such as `forms.draft-expired` in calls of `Problem(409, "…")`, but for the simulators, which are servers of their own.
    private func problemCodes() throws -> Set<String> {
        let call = try Regex(#"Problem\(\s*\d{3}, "([a-zA-Z]+\.[a-z0-9.-]+)""#)
        let sources = "\(TestPython.root)/Sources"
        let names = FileManager.default.enumerator(atPath: sources)?.compactMap { $0 as? String } ?? []
        return try names.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Simulators/") }.reduce(into: []) { codes, name in
            let text = try String(contentsOfFile: "\(sources)/\(name)", encoding: .utf8)
            for match in text.matches(of: call) { if let code = match.output[1].substring { codes.insert(String(code)) } }
        }
    }

    /// The document tells of every route of the table, and of nothing else.
    @Test func theInterfaceDocumentTellsOfEveryRoute() async throws {
        try await withHouse { house in
            let dispatcher = try house.dispatcher()
            let reply = await dispatcher.answer(Incoming(.get, "/openapi.json"))
            let document = try JSON.parse(reply.body)
            let told = (document["paths"]?.object ?? [:]).values.flatMap { ($0.object ?? [:]).values.compactMap { $0["operationId"]?.string } }
            #expect(Set(told) == Set(dispatcher.table.routes.map(\.operation)))
            #expect(told.count == dispatcher.table.routes.count)
        }
    }

    @Test func importingTwiceChangesNothing() async throws {
        try await withHouse { house in
            try await house.importContent()
            let version = house.catalogue.contentVersion
            try await house.importContent()
            #expect(house.catalogue.contentVersion == version && house.catalogue.inventory.services.count >= 60)
        }
    }

    @Test(arguments: [
        ["--port", "eighty"], ["--port", "0"], ["--public-url", "localhost"], ["--smtp-url", "http://mail"], ["--rate-limits", "perhaps"],
        ["--trusted-proxies", "10.0.0.0/99"], ["--trusted-proxies", "proxy"], ["--no-such-setting", "1"], ["--log-level", "loud"],
    ])
    func aSettingThatCannotBeMeantIsRefused(flags: [String]) async {
        await #expect(throws: SettingsError.self) { try await Settings.read(arguments: ["zamin"] + flags) }
    }
}
