import Contracts
import Database
import HTTPTypes
import Jobs
@testable import OpenID
import TestKit
import Testing
import Trust
import Values
import Web

/// Signing out at clients and of clients. What a client receives is shown by a real one, in the tests with others' software.
@Suite struct LogoutTests {
    @Test func aClientSendsHerToSignOut() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            let tokens = try await party.exchange(try await party.code())
            let hint = try #require(tokens.json["id_token"]?.string)
            let browser = Leaver(provider: provider, session: "session-1")
            let query = "id_token_hint=\(hint)&post_logout_redirect_uri=https%3A%2F%2Fparking.test%2Fbye&state=s%26t"
            let page = await browser.open(query)
            #expect(page.html.contains("Haifa parking") && page.html.contains("Stay signed in"))
            // Staying is possible, and she goes back all the same.
            let stays = await browser.decide("stay", on: page.html)
            #expect(stays.headers[Leaver.refresh] == "0; url=https://parking.test/bye?state=s%26t" && provider.signIns.find("session-1") != nil)
            let leaves = await browser.decide("leave", on: page.html)
            #expect(leaves.headers[Leaver.refresh] == "0; url=https://parking.test/bye?state=s%26t" && provider.signIns.find("session-1") == nil)
            #expect(leaves.headers[values: .setCookie].contains { $0.hasPrefix("\(Dispatcher.sessionCookie)=;") })
            // Nobody is signed in any more: nothing to ask.
            #expect(await browser.open(query).location == "https://parking.test/bye?state=s%26t")
        }
    }

    @Test func sheIsSentNowhereThatIsNotRegistered() async throws {
        try await Provider.with { provider in
            let party = try await provider.client()
            provider.signIn()
            let hint = try #require(try await party.exchange(party.code()).json["id_token"]?.string)
            let access = try #require(try await party.exchange(party.code()).json["access_token"]?.string)
            provider.signIns.end("session-1")
            let browser = Leaver(provider: provider, session: nil)
            let good = "&post_logout_redirect_uri=https%3A%2F%2Fparking.test%2Fbye"
            for query in [
                "id_token_hint=\(hint)&post_logout_redirect_uri=https%3A%2F%2Fevil.test%2F", "client_id=\(party.id)" + good, "id_token_hint=x" + good,
                "id_token_hint=\(hint)&client_id=other" + good, "id_token_hint=\(access)" + good, "",
            ] { #expect(await browser.open(query).location == "/en/signed-out", "\(query)") }
            // A token that has expired still names its client.
            provider.clock.advance(seconds: 3_600)
            #expect(await browser.open("id_token_hint=\(hint)" + good).location == "https://parking.test/bye")
        }
    }

    @Test(arguments: TestDatabases.engines) func clientsAreToldWhoHearOfIt(engine: TestEngine) async throws {
        try await Provider.with(engine) { provider in
            let (loud, quiet) = (try await provider.client("loud", more: ["backchannel_logout_uri": "http://127.0.0.1:9/logout"]), try await provider.client("quiet"))
            for session in ["session-1", "session-2"] {
                provider.signIn(session: session)
                for party in [loud, quiet] { _ = try await party.code(session: session) }
            }
            func told() async throws -> [String] {
                try await provider.database.read { connection in
                    try connection.query("SELECT payload FROM jobs_job WHERE type = 'openid.logout' ORDER BY id", []) { row in
                        let payload = try row.json(0)
                        return "\(payload["client"]?.string ?? "") \(payload["session"]?.string ?? "")"
                    }
                }
            }
            let time = provider.clock.source.now()
            for _ in 0..<2 { try await provider.database.write { try provider.openID.tellClients(of: Provider.person, session: "session-1", at: time, in: $0) } }
            #expect(try await told() == ["loud session-1"])
            try await provider.database.write { try provider.openID.tellClients(of: Provider.person, session: nil, but: "session-2", at: time, in: $0) }
            #expect(try await told() == ["loud session-1"], "not of the session that goes on")
            try await provider.database.write { try provider.openID.tellClients(of: Provider.person, session: nil, at: time, in: $0) }
            #expect(try await told() == ["loud session-1", "loud session-2"])
        }
    }
}

/// A browser on its way out.
private struct Leaver: Sendable {
    static let refresh = HTTPField.Name("Refresh")!
    let provider: Provider
    let session: String?

    private var headers: HTTPFields {
        var headers: HTTPFields = [.accept: "text/html"]
        if let session { headers[.cookie] = "\(Dispatcher.sessionCookie)=\(session)" }
        return headers
    }

    func open(_ query: String) async -> (html: String, location: String) {
        let first = await provider.dispatcher.answer(Incoming(.get, "/openid/end-session?ui_locales=en&\(query)", headers: headers))
        let page = await provider.dispatcher.answer(Incoming(.get, first.headers[.location] ?? "/", headers: headers))
        return (String(decoding: page.body, as: UTF8.self), page.headers[.location] ?? "")
    }

    func decide(_ decision: String, on html: String) async -> Reply {
        var pairs: [(String, String)] = [("decision", decision)]
        for mark in html.ranges(of: "<input type=\"hidden\" name=\"") {
            let rest = html[mark.upperBound...]
            let name = String(rest.prefix { $0 != "\"" })
            let value = rest.firstRange(of: "value=\"").map { String(rest[$0.upperBound...].prefix { $0 != "\"" }) } ?? ""
            pairs.append((name, value.replacing("&amp;", with: "&")))
        }
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        let body = pairs.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return await provider.dispatcher.answer(Incoming(.post, "/en/openid/end-session", headers: headers, body: Array(body.utf8)))
    }
}
