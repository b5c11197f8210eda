@testable import PersonalZone
import Contracts
import Database
import Foundation
import HTTPTypes
import Language
import Logging
import TestKit
import Testing
import Trust
import Values
import Web

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../.."

/// A section that shows its newest few, and may have something to do that is older.
private struct TestSection: ZoneSection {
    let titleKey = "personalZone.title"
    let emptyKey = "personalZone.lead"
    let href = "/me/list"
    let newest: [ZoneItem]
    let older: [ZoneItem]

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] { Array(newest.prefix(limit)) }
    func actions(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] { newest.filter(\.needsAction) + older }
}

/// One without actions of its own.
private struct PlainSection: ZoneSection {
    let titleKey = "personalZone.title"
    let emptyKey = "personalZone.lead"
    let href = "/me/plain"
    let newest: [ZoneItem]
    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] { Array(newest.prefix(limit)) }
}

private struct OnePerson: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        Actor(kind: .person, id: "p", name: "Dana", sessionID: "s", assurance: .substantial)
    }
}

@Suite struct PersonalZoneTests {
    private func item(_ href: String, _ needsAction: Bool) -> ZoneItem {
        ZoneItem(title: "Title of \(href)", detail: "", href: href, status: "Now", needsAction: needsAction)
    }

    private func home(_ sections: [any ZoneSection], _ engine: TestEngine) async throws -> String {
        try await TestDatabases.with(engine) { database in
            let site = try Site(folders: [("web", "Core/Web"), ("personalZone", "Journeys/PersonalZone")].map {
                ResourceFolder(module: $0.0, path: "\(root)/Sources/\($0.1)")
            })
            let zone = PersonalZone(database: database, site: site, sections: sections, audit: TestAudit())
            let dispatcher = try Dispatcher(
                routes: zone.routes, site: site, authenticator: OnePerson(), settings: .init(formKey: HMACKey(bytes: [1])), logger: Logger(label: "test"))
            let reply = await dispatcher.answer(Incoming(.get, "/en/me", headers: [.accept: "text/html"]))
            #expect(reply.status == 200)
            return String(decoding: reply.body, as: UTF8.self)
        }
    }

    @Test(arguments: TestDatabases.engines) func whatWaitsIsNamedHoweverOldItIs(engine: TestEngine) async throws {
        let newest = (1...6).map { item("/me/list/\($0)", false) }
        let html = try await home([TestSection(newest: newest, older: [item("/me/list/old", true)])], engine)
        #expect(html.contains("/en/me/list/old") && html.contains("/en/me/list/4") && !html.contains("/en/me/list/5"))
    }

    @Test(arguments: TestDatabases.engines) func aCaseAndItsPaymentAreOneThingToDo(engine: TestEngine) async throws {
        let cases = TestSection(newest: [], older: [item("/pay/1", true)])
        let html = try await home([cases, PlainSection(newest: [item("/pay/1", true), item("/pay/2", true)])], engine)
        let todo = html.range(of: "z-tasks").map { html[$0.upperBound...] } ?? ""
        let tasks = todo.prefix(upTo: todo.range(of: "</ul>")?.lowerBound ?? todo.endIndex)
        #expect(tasks.ranges(of: "/en/pay/1\"").count == 1 && tasks.ranges(of: "/en/pay/2\"").count == 1)
    }

    @Test(arguments: TestDatabases.engines) func nothingToDoIsNotMentioned(engine: TestEngine) async throws {
        #expect(try await !home([PlainSection(newest: [item("/a", false)])], engine).contains("z-tasks"))
    }
}
