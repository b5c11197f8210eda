import Foundation
import HTTPTypes
import Language
import Logging
import Synchronization
import TestKit
import Testing
import Trust
import Values
@testable import Web

private let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Sources"

/// Lets in whoever shows the cookie of a name: `person`, `officer`, `weak`.
private struct ByCookie: Authenticator {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        if authorization == "Bearer machine" { return Actor(kind: .client, id: "c", name: "c", scopes: ["read"]) }
        switch cookies[Dispatcher.sessionCookie] {
        case "person": return Actor(kind: .person, id: "p", name: "Noa", assurance: .substantial)
        case "weak": return Actor(kind: .person, id: "p", name: "Noa", assurance: Assurance(credential: 1, proof: 2))
        case "officer":
            return Actor(
                kind: .person, id: "o", name: "Dana", assurance: .substantial, capacity: .office(organisation: "police", role: "case-officer"),
                roles: ["case-officer"], holdsOffice: true)
        default: return .anonymous
        }
    }
}

private struct Explained: ProblemError { var problem: Problem { Problem(409, "web.not-allowed") } }
private struct Unforeseen: Error {}

private func dispatcher(_ more: [Route] = [], rates: RateSettings = .unlimited) throws -> Dispatcher {
    let hits = Mutex(0)
    let routes: [Route] = [
        .api(.get, "/open", for: .everyone, "test.open", "open", answers: [.init(200, "ok")]) { _ in .json(["ok": true]) },
        .api(.get, "/for-clients", for: .client(scope: "read"), "test.clients", "clients", answers: [.init(200, "ok")]) { _ in .json(["ok": true]) },
        .api(.get, "/for-writers", for: .client(scope: "write"), "test.writers", "writers", answers: [.init(200, "ok")]) { _ in .json(["ok": true]) },
        .api(
            .post, "/checked", for: .everyone, "test.checked", "checked",
            body: ["type": "object", "required": ["n"], "properties": ["n": ["type": "integer"]]], answers: [.init(200, "ok")]
        ) { call in .json(try call.json()) },
        .page(.get, "/mine", for: .person(.substantial), "test.mine", "mine") { call in .html("<p>\(call.actor.name)</p>") },
        .page(.post, "/mine", for: .person(.substantial), "test.change", "change") { call in .html("<p>\(try call.form()["text"] ?? "")</p>") },
        .page(.get, "/desk", for: .officer(role: "case-officer"), "test.desk", "desk") { _ in .html("desk") },
        .page(.get, "/count", for: .everyone, "test.count", "count", shared: true) { _ in
            .html("\(hits.withLock { hits in hits += 1; return hits })")
        },
        .page(.get, "/explained", for: .everyone, "test.explained", "explained") { _ in throw Explained() },
        .page(.get, "/unforeseen", for: .everyone, "test.unforeseen", "unforeseen") { _ in throw Unforeseen() },
        .page(.get, "/", for: .everyone, "test.home", "home") { call in .html(call.language.rawValue) },
    ]
    let site = try Site(folders: [ResourceFolder(module: "web", path: "\(sources)/Core/Web")])
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try Dispatcher(
        routes: routes + more, site: site, authenticator: ByCookie(),
        settings: .init(rates: rates, formKey: HMACKey(bytes: Array(repeating: 7, count: 32))), logger: logger)
}

private func request(_ method: HTTPRequest.Method, _ target: String, as who: String? = nil, _ headers: HTTPFields = [:], body: String = "") -> Incoming {
    var headers = headers
    if let who { headers[.cookie] = "\(Dispatcher.sessionCookie)=\(who)" }
    if !body.isEmpty, headers[.contentType] == nil { headers[.contentType] = "application/x-www-form-urlencoded" }
    return Incoming(method, target, headers: headers, body: Array(body.utf8))
}

private extension Reply { var text: String { String(decoding: body, as: UTF8.self) } }

@Suite struct DispatcherTests {
    @Test func letsInOnlyWhomTheAudienceNames() async throws {
        let server = try dispatcher()
        #expect(await server.answer(request(.get, "/open")).status == 200)
        #expect(await server.answer(request(.get, "/for-clients")).status == 401)
        #expect(await server.answer(request(.get, "/for-clients", [.authorization: "Bearer machine"])).status == 200)
        #expect(await server.answer(request(.get, "/for-writers", [.authorization: "Bearer machine"])).status == 403)
        #expect(await server.answer(request(.get, "/en/mine", as: "person")).status == 200)
        #expect(await server.answer(request(.get, "/en/mine", as: "weak")).status == 403)
        #expect(await server.answer(request(.get, "/en/mine", as: "officer")).status == 403)
        #expect(await server.answer(request(.get, "/en/desk", as: "person")).status == 403)
        #expect(await server.answer(request(.get, "/en/desk", as: "officer")).status == 200)
        let sentAway = await server.answer(request(.get, "/he/mine"))
        #expect(sentAway.status == 303)
        #expect(sentAway.headers[.location] == "/he/sign-in?next=%2Fmine")
    }

    @Test func aFormWithoutItsTokenOrFromElsewhereIsRefused() async throws {
        let server = try dispatcher()
        #expect(await server.answer(request(.post, "/en/mine", as: "person", body: "text=x")).status == 403)
        #expect(await server.answer(request(.post, "/en/mine", as: "person", body: "text=x&_csrf=wrong")).status == 403)
        let key = HMACKey(bytes: Array(repeating: 7, count: 32))
        let token = Base64.encodeURL(key.code(for: Array("form:person:own".utf8)))
        // One of a page that was opened while she acted for somebody else.
        let other = Base64.encodeURL(key.code(for: Array("form:person:business:515000003".utf8)))
        #expect(await server.answer(request(.post, "/en/mine", as: "person", body: "text=x&_csrf=\(other)")).status == 403)
        let good = "text=%D7%A9%D7%9C%D7%95%D7%9D&_csrf=\(token)"
        let reply = await server.answer(request(.post, "/en/mine", as: "person", body: good))
        #expect(reply.status == 200)
        #expect(reply.text.contains("שלום"))
        let elsewhere: HTTPFields = [.origin: "https://evil.example", HTTPField.Name("Host")!: "localhost:8080"]
        #expect(await server.answer(request(.post, "/en/mine", as: "person", elsewhere, body: good)).status == 403)
        #expect(await server.answer(request(.post, "/en/mine", as: "person", [HTTPField.Name("Sec-Fetch-Site")!: "cross-site"], body: good)).status == 403)
    }

    @Test(arguments: ["text=%C3%28", "text=a%00b", "text=%zz", "text=%1b"])
    func unreadableTextIsRefusedWithWords(body: String) async throws {
        let reply = await try dispatcher().answer(request(.post, "/he/mine", as: "person", body: body))
        #expect(reply.status == 400)
        #expect(reply.text.contains("lang=\"he\""))
        #expect(!reply.text.contains("⟦"))
    }

    @Test(arguments: ["/%C3%28", "/open?x=%00", "/he/%zz", "/\(String(repeating: "a", count: 9_000))"])
    func unreadableTargetsAreRefused(target: String) async throws {
        #expect(await try dispatcher().answer(request(.get, target)).status == 400)
    }

    @Test func knowsMethodsAndPathsItDoesNotHave() async throws {
        let server = try dispatcher()
        #expect(await server.answer(request(.delete, "/open")).status == 405)
        #expect(await server.answer(request(.get, "/nothing")).status == 404)
        #expect(await server.answer(request(.get, "/xx/mine")).status == 404)
        #expect(await server.answer(request(.delete, "/open")).headers[.allow] == "GET")
        for (target, status) in [("/open", 200), ("/nothing", 404), ("/en/unforeseen", 500)] {
            let (head, whole) = (await server.answer(request(.head, target)), await server.answer(request(.get, target)))
            #expect(head.status == status && head.body.isEmpty)
            #expect(abs((Int(head.headers[.contentLength] ?? "") ?? -100) - whole.body.count) <= 2)
        }
        let root = await server.answer(request(.get, "/"))
        #expect(root.status == 302 && root.headers[.location] == "/he")
        #expect(await server.answer(request(.get, "/count")).headers[.location] == "/he/count")
    }

    @Test func problemsAreSaidInBothForms() async throws {
        let server = try dispatcher()
        let page = await server.answer(request(.get, "/fr/explained", [.accept: "text/html"]))
        #expect(page.status == 409)
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        let json = await server.answer(request(.post, "/checked", [.contentType: "application/json"], body: #"{"n":"x"}"#))
        #expect(json.status == 422)
        #expect(json.headers[.contentType] == "application/problem+json")
        #expect(try JSON.parse(json.body)["errors"]?[0]?["pointer"] == "/n")
        #expect(await server.answer(request(.post, "/checked", [.contentType: "application/json"], body: "{")).status == 400)
        #expect(await server.answer(request(.post, "/checked", [.contentType: "application/json"], body: #"{"n":1,"s":"\u0000"}"#)).status == 400)
        let unforeseen = await server.answer(request(.get, "/en/unforeseen"))
        #expect(unforeseen.status == 500)
        #expect(!unforeseen.text.contains("Unforeseen"))
    }

    @Test func sharedPagesAreMadeOnceAndNotForThoseSignedIn() async throws {
        let server = try dispatcher()
        let first = await server.answer(request(.get, "/en/count"))
        let again = await server.answer(request(.get, "/en/count"))
        #expect(first.body == again.body)
        let tag = try #require(first.headers[.eTag])
        #expect(await server.answer(request(.get, "/en/count", [.ifNoneMatch: tag])).status == 304)
        #expect(await server.answer(request(.get, "/en/count", as: "person")).body != first.body)
        #expect(await server.answer(request(.get, "/he/count")).body != first.body)
    }

    /// Of pages with a query anybody can ask for as many as she likes.
    @Test func queriesPushNoPageOutOfTheCache() async throws {
        let server = try dispatcher()
        let first = await server.answer(request(.get, "/en/count"))
        let queried = await server.answer(request(.get, "/en/count?x=1"))
        #expect(await server.answer(request(.get, "/en/count?x=1")).body == queried.body)
        for number in 0..<6_000 { _ = await server.answer(request(.get, "/en/count?x=\(String(repeating: "y", count: 200))\(number)")) }
        #expect(await server.answer(request(.get, "/en/count")).body == first.body)
        #expect(await server.answer(request(.get, "/en/count?x=1")).body != queried.body)
        let long = "/en/count?x=\(String(repeating: "y", count: 400))"
        #expect(await server.answer(request(.get, long)).body != server.answer(request(.get, long)).body)
    }

    @Test func aTagIsRecognisedInAListAndWeakly() async throws {
        let server = try dispatcher()
        let tag = try #require(await server.answer(request(.get, "/en/count")).headers[.eTag])
        for field in [tag, "W/\(tag)", "\"other\", W/\(tag)", "*"] {
            #expect(await server.answer(request(.get, "/en/count", [.ifNoneMatch: field])).status == 304)
        }
        #expect(await server.answer(request(.get, "/en/count", [.ifNoneMatch: "\"other\""])).status == 200)
    }

    /// The same page in another language keeps what was asked; after a form it is the page the form stood on.
    @Test func otherLanguagesLeadToTheSamePage() async throws {
        let server = try dispatcher()
        #expect(await server.answer(request(.get, "/en/explained?q=a%20b&page=2")).text.contains("href=\"/he/explained?q=a%20b&amp;page=2\""))
        #expect(await server.answer(request(.post, "/en/mine", as: "person", body: "text=1")).text.contains("href=\"/he/mine\""))
        #expect(await server.answer(request(.post, "/en/count/nothing/here")).text.contains("href=\"/he") == false)
    }

    @Test func everyAnswerCarriesTheSecurityHeaders() async throws {
        let server = try dispatcher()
        for target in ["/open", "/en/count", "/nothing", "/en/unforeseen"] {
            let reply = await server.answer(request(.get, target))
            #expect(reply.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(reply.headers[.xContentTypeOptions] == "nosniff")
        }
    }

    @Test func callersWhoAskTooOftenAreToldWhen() async throws {
        let server = try dispatcher(rates: RateSettings(usual: 3, guarded: 1, busy: 10))
        for _ in 0..<3 { #expect(await server.answer(request(.get, "/open")).status == 200) }
        let refused = await server.answer(request(.get, "/open"))
        #expect(refused.status == 429)
        #expect(Int(refused.headers[.retryAfter] ?? "") ?? 0 > 0)
    }

    /// Whoever has one address of an IPv6 network has all of them.
    @Test func callersAreCountedByNetwork() async throws {
        let server = try dispatcher(rates: RateSettings(usual: 1, guarded: 1, busy: 10))
        func status(_ address: String) async -> Int {
            var incoming = request(.get, "/open")
            incoming.remoteAddress = address
            return await server.answer(incoming).status
        }
        #expect(await status("2001:db8::1") == 200)
        #expect(await status("2001:db8::ffff:2") == 429)
        #expect(await status("2001:db8:0:1::1") == 200)
        #expect(await status("192.0.2.1") == 200)
        #expect(await status("192.0.2.2") == 200)
    }

    @Test func aBodyOverTheLimitIsRefused() async throws {
        let reply = await try dispatcher().answer(request(.post, "/en/mine", as: "person", body: String(repeating: "a", count: Route.formLimit + 1)))
        #expect(reply.status == 413)
    }

    @Test func aTableWithTwoOfAKindDoesNotStart() throws {
        let route = Route.api(.get, "/a", for: .everyone, "a.a", "a", answers: []) { _ in .noContent() }
        let same = Route.api(.get, "/a", for: .everyone, "a.b", "a", answers: []) { _ in .noContent() }
        #expect(throws: RouteTableError.repeatedOperation("a.a")) { try RouteTable([route, route]) }
        #expect(throws: RouteTableError.repeatedRoute("GET /a")) { try RouteTable([route, same]) }
    }
}

@Suite struct MultipartTests {
    private func parse(_ body: String) throws -> Multipart { try Multipart.parse(Array(body.utf8), boundary: "b") }

    @Test func readsFieldsAndFiles() throws {
        let parts = try parse(
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nשלום\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"C:\\x\\y.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--b--\r\n")
        #expect(parts.fields["a"] == "שלום")
        #expect(parts.files == [UploadedFile(field: "f", name: "y.pdf", declaredType: "application/pdf", bytes: Array("%PDF".utf8))])
    }

    @Test(arguments: ["", "--b", "--b\r\n", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "--b\r\n\r\n", "--c--", "--bx"])
    func refusesWhatIsCutOff(body: String) { #expect(throws: Problem.self) { try parse(body) } }
}

@Suite struct EscapingTests {
    @Test func escapesTheFiveAndLeavesTheRest() {
        #expect(escapeHTML("<a href='x'>\"&שלום") == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;שלום")
        #expect(escapeHTML("שלום") == "שלום")
    }

    @Test func namesOfFilesSurviveInBothForms() {
        let reply = Reply.file([], type: "application/pdf", name: "החלטה \"1\".pdf")
        #expect(reply.headers[.contentDisposition]?.contains("filename*=UTF-8''%D7%94") == true)
        #expect(reply.headers[.contentDisposition]?.contains("\r") == false)
    }
}
