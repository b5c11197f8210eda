import AsyncHTTPClient
import Contracts
import Database
import Foundation
import HTTPTypes
import Jobs
import Language
import Logging
@testable import OpenID
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// The provider over an empty database, with people who are simply there.
struct Provider: Sendable {
    static let issuer = "https://zamin.test"
    static let person = "0199a000-0000-7000-8000-000000000001"
    static let sources = "\(TestPython.root)/Sources"

    let database: any Database
    let openID: OpenID
    let dispatcher: Dispatcher
    let clock = TestClock(Instant(seconds: 1_800_000_000))
    let audit = TestAudit()
    let postman = KeptNotices()
    let signIns = ScriptedSignIns()
    let worker: Worker
    let vault = Vault(keyring: .random())

    init(_ database: any Database) async throws {
        let modules = [("jobs", "Core/Jobs"), ("openID", "Components/OpenID")]
        try await Migrations(modules.map { (module: $0.0, folder: "\(Provider.sources)/\($0.1)/Schema") }).apply(to: database)
        self.database = database
        let site = try Site(folders: [("web", "Core/Web"), ("openID", "Components/OpenID")].map { ResourceFolder(module: $0.0, path: "\(Provider.sources)/\($0.1)") })
        openID = OpenID(
            database: database, vault: vault, site: site, bodies: TestBodies(), people: OnePerson(), signIns: signIns, audit: audit,
            postman: postman, authority: "haifa", publicURL: Provider.issuer, http: HTTPClient.shared, clock: clock.source, logger: TestLog().logger)
        var jobs = JobRegistry()
        openID.register(in: &jobs)
        worker = Worker(database: database, registry: jobs, clock: clock.source, logger: TestLog().logger)
        dispatcher = try Dispatcher(
            routes: openID.routes, site: site, authenticator: CookieSession(signIns: signIns),
            settings: .init(rates: .unlimited, clock: clock.source, formKey: HMACKey(bytes: Array(repeating: 7, count: 32)), explain: { _ in nil }),
            logger: TestLog().logger)
    }

    static func with(_ engine: TestEngine = .sqlite, _ body: @Sendable (Provider) async throws -> Void) async throws {
        try await TestDatabases.with(engine) { try await body(try await Provider($0)) }
    }

    /// A registered client, with its key.
    func client(_ id: String = "haifa-parking", sector: String = "haifa", more: [String: JSON] = [:]) async throws -> RelyingParty {
        let party = RelyingParty(id: id, provider: self)
        var metadata = party.metadata(sector: sector)
        for (name, value) in more { metadata[name] = value }
        _ = try await openID.save(client: metadata)
        return party
    }

    /// Signs the person in from now on; answers the session's id.
    @discardableResult
    func signIn(assurance: Assurance = .substantial, session: String = "session-1") -> String {
        let now = clock.source.now()
        signIns.set(SignIn(sessionID: session, subjectID: Provider.person, at: now, assurance: assurance, expiresAt: now.adding(seconds: 12 * 3_600)))
        return session
    }
}

final class KeptNotices: Postman {
    private let kept = Mutex<[Notice]>([])
    var notices: [Notice] { kept.withLock { $0 } }
    func send(_ notice: Notice, in connection: any Connection) throws { kept.withLock { $0.append(notice) } }
    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {}
}

final class ScriptedSignIns: SignIns {
    private let kept = Mutex<[String: SignIn]>([:])
    func set(_ signIn: SignIn) { kept.withLock { $0[signIn.sessionID] = signIn } }
    func end(_ session: String) { kept.withLock { $0[session] = nil } }
    func find(_ session: String) -> SignIn? { kept.withLock { $0[session] } }
    func hold(session id: String, of subjectID: String, in connection: any Connection) throws -> Bool { find(id)?.subjectID == subjectID }
    func end(sessionOf actor: Actor, at time: Instant, in connection: any Connection) throws { end(actor.sessionID) }
    func signIn(session id: String, of subjectID: String, at time: Instant, in connection: any Connection) throws -> SignIn? {
        find(id).flatMap { $0.subjectID == subjectID && time < $0.expiresAt ? $0 : nil }
    }
}

struct CookieSession: Authenticator {
    let signIns: ScriptedSignIns
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        guard let session = cookies[Dispatcher.sessionCookie], let signIn = signIns.find(session) else { return .anonymous }
        return Actor(kind: .person, id: signIn.subjectID, name: "Dana Levi", sessionID: session, assurance: signIn.assurance)
    }
}

struct OnePerson: People {
    func card(of id: String, in connection: any Connection) throws -> PersonCard? {
        PersonCard(
            id: id, givenName: "דנה", familyName: "לוי", birthDate: CalendarDate(year: 1990, month: 3, day: 14)!, email: "dana@example.test",
            phone: "050-0000012", language: .he)
    }
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { "000000018" }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? { nil }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] { [] }
}

/// A client as its developers would write it.
struct RelyingParty: Sendable {
    static let redirect = "https://parking.test/callback"
    static let bases: [String: JSON] = [
        "profile": ["kind": "law", "reference": "parking-law.7", "title": "Parking Law, section 7"],
        "email": ["kind": "consent", "reference": "asked"],
        "national_number": ["kind": "law", "reference": "parking-law.8", "title": "Parking Law, section 8", "title#he": "חוק החניה, סעיף 8"],
    ]
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    let id: String
    let provider: Provider
    let key = SigningKey.generate(.ecdsaP256)
    let proofKey = SigningKey.generate(.ecdsaP256)
    private let nonce = Kept()

    final class Kept: Sendable {
        private let value = Mutex("")
        var text: String { get { value.withLock { $0 } } }
        func set(_ text: String) { value.withLock { $0 = text } }
    }

    func metadata(sector: String = "haifa") -> JSON {
        [
            "client_id": .string(id), "client_name": "Haifa parking", "client_name#he": "חניה בחיפה", "zamin_body": "haifa",
            "zamin_sector": .string(sector), "redirect_uris": [.string(RelyingParty.redirect)], "post_logout_redirect_uris": ["https://parking.test/bye"],
            "jwks": JWKSet([key.verifyingKey]).json,
            "zamin_scope_bases": .object(RelyingParty.bases),
        ]
    }

    var now: Int64 { provider.clock.source.now().seconds }

    /// `private_key_jwt`; `change` makes a wrong one.
    func assertion(by other: SigningKey? = nil, _ change: [String: JSON?] = [:]) throws -> String {
        var claims: [String: JSON] = [
            "iss": .string(id), "sub": .string(id), "aud": .string(Provider.issuer), "exp": .int(now + 60), "iat": .int(now),
            "jti": .string(RandomToken.make()),
        ]
        for (name, value) in change { claims[name] = value }
        return try JWS.sign(JSON.object(claims).bytes, by: other ?? key)
    }

    func proof(
        _ method: String, _ path: String, token: String? = nil, by other: SigningKey? = nil, header: [String: JSON?] = [:], _ change: [String: JSON?] = [:]
    ) throws -> String {
        let signer = other ?? proofKey
        var claims: [String: JSON] = [
            "htm": .string(method), "htu": .string(Provider.issuer + path), "iat": .int(now), "jti": .string(RandomToken.make()),
            "nonce": .string(nonce.text),
        ]
        if let token { claims["ath"] = .string(Fingerprint.base64URL(of: Array(token.utf8))) }
        for (name, value) in change { claims[name] = value }
        var jwk = signer.verifyingKey.jwk
        jwk["kid"] = nil
        var members: [String: JSON] = ["jwk": jwk]
        var type = "dpop+jwt"
        for (name, value) in header { if name == "typ" { type = value?.string ?? "" } else { members[name] = value } }
        return try JWS.sign(JSON.object(claims).bytes, by: signer, type: type, header: members)
    }

    struct Answer: Sendable {
        let status: Int
        let json: JSON
        let headers: HTTPFields
        var error: String? { json["error"]?.string }
    }

    func post(_ path: String, _ fields: [(String, String)], proof: String? = nil, authenticated: Bool = true) async throws -> Answer {
        var all = fields
        if authenticated { all += [("client_assertion_type", ClientAssertion.type), ("client_assertion", try assertion())] }
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        if let proof { headers[.dpop] = proof }
        let body = all.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return await send(Incoming(.post, path, headers: headers, body: Array(body.utf8)))
    }

    func send(_ incoming: Incoming) async -> Answer {
        let reply = await provider.dispatcher.answer(incoming)
        if let fresh = reply.headers[.dpopNonce] { nonce.set(fresh) }
        return Answer(status: reply.status, json: (try? JSON.parse(reply.body)) ?? .null, headers: reply.headers)
    }

    /// A request as it is pushed; nil takes a parameter away.
    func push(_ change: [String: String?] = [:], proof: String? = nil) async throws -> Answer {
        var fields = [
            "response_type": "code", "client_id": id, "redirect_uri": RelyingParty.redirect, "scope": "openid profile", "state": "the state",
            "nonce": "the nonce", "code_challenge": Fingerprint.base64URL(of: Array(RelyingParty.verifier.utf8)), "code_challenge_method": "S256",
        ]
        for (name, value) in change { fields[name] = value }
        return try await post("/openid/par", fields.map { ($0.key, $0.value) }, proof: proof)
    }

    /// Goes through the pages as somebody in this session who agrees; where the provider sends her in the end.
    func visit(_ uri: String, session: String?, agreeing decision: String? = "agree") async throws -> (status: Int, location: String, html: String) {
        var headers: HTTPFields = [.accept: "text/html"]
        if let session { headers[.cookie] = "\(Dispatcher.sessionCookie)=\(session)" }
        let first = await provider.dispatcher.answer(
            Incoming(.get, "/openid/authorize?client_id=\(PercentEncoding.encode(id))&request_uri=\(PercentEncoding.encode(uri))", headers: headers))
        let place = first.headers[.location] ?? ""
        let page = await provider.dispatcher.answer(Incoming(.get, place, headers: headers))
        let html = String(decoding: page.body, as: UTF8.self)
        guard page.status == 200, let decision, let mark = html.range(of: "name=\"_csrf\" value=\"") else {
            return (page.status, page.headers[.location] ?? "", html)
        }
        let token = String(html[mark.upperBound...].prefix { $0 != "\"" })
        headers[.contentType] = "application/x-www-form-urlencoded"
        let form = [("_csrf", token), ("client_id", id), ("request_uri", uri), ("decision", decision)]
        let body = Array(form.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8)
        let agreed = await provider.dispatcher.answer(Incoming(.post, String(place.prefix { $0 != "?" }), headers: headers, body: body))
        let next = agreed.headers[HTTPField.Name("Refresh")!].map { String($0.dropFirst("0; url=".count)) } ?? ""
        guard next.hasPrefix("/") else { return (agreed.status, next, String(decoding: agreed.body, as: UTF8.self)) }
        let last = await provider.dispatcher.answer(Incoming(.get, next, headers: headers))
        return (last.status, last.headers[.location] ?? "", String(decoding: last.body, as: UTF8.self))
    }

    /// A code, by the whole way.
    func code(_ change: [String: String?] = [:], session: String = "session-1") async throws -> String {
        let uri = try #require(try await push(change).json["request_uri"]?.string)
        let back = try await visit(uri, session: session)
        return try #require(RelyingParty.query(back.location)["code"])
    }

    func exchange(_ code: String, _ change: [String: String?] = [:], proof: String? = nil) async throws -> Answer {
        var fields = ["grant_type": "authorization_code", "code": code, "code_verifier": RelyingParty.verifier, "redirect_uri": RelyingParty.redirect]
        for (name, value) in change { fields[name] = value }
        if nonce.text.isEmpty { _ = try await post("/openid/token", [], proof: try self.proof("POST", "/openid/token")) }
        return try await post("/openid/token", fields.map { ($0.key, $0.value) }, proof: try proof ?? self.proof("POST", "/openid/token"))
    }

    func refresh(_ token: String, _ more: [(String, String)] = []) async throws -> Answer {
        try await post("/openid/token", [("grant_type", "refresh_token"), ("refresh_token", token)] + more, proof: try proof("POST", "/openid/token"))
    }

    func userInfo(_ token: String, proof: String? = nil, scheme: String = "DPoP") async throws -> Answer {
        var headers: HTTPFields = [.authorization: "\(scheme) \(token)"]
        headers[.dpop] = try proof ?? self.proof("GET", "/openid/userinfo", token: token)
        return await send(Incoming(.get, "/openid/userinfo", headers: headers))
    }

    static func query(_ location: String) -> [String: String] {
        let query = location.split(separator: "?", maxSplits: 1).last.map(String.init) ?? ""
        let fields = (try? Fields.parse(urlEncoded: Array(query.utf8))) ?? Fields()
        return Dictionary(fields.pairs.map { ($0.name, $0.value) }) { first, _ in first }
    }

    func claims(_ token: String) async throws -> JSON {
        let keys = try await provider.openID.keys.published(at: provider.clock.source.now())
        return try JSON.parse(try JWS.verify(token) { $0.flatMap(keys.key) }.payload)
    }
}
