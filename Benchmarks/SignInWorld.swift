import AsyncHTTPClient
import Contracts
import Database
import Foundation
import House
import HTTPTypes
import Identity
import Language
import Logging
import OpenID
import Synchronization
import TestAuthenticators
import Trust
import Values
import Web

/// Identity and the OpenID Provider over a demo country, with a postman whose codes can be read.
struct SignInWorld: Sendable {
    static let password = "zamin demo country"

    let base: Foundations
    let hasher: PasswordHasher
    let dispatcher: Dispatcher
    let openID: OpenID
    let postman = OpenPostman()

    init(_ country: DemoCountry, memoryMiB: Int, passes: Int) async throws {
        base = try await country.foundations()
        hasher = PasswordHasher(cost: .init(memoryKiB: memoryMiB * 1_024, passes: passes))
        let identity = Identity(
            database: base.database, vault: base.vault, hasher: hasher, commonPasswords: CommonPasswords([String]()), exchange: SilentRegisters(),
            postman: postman, auditLog: base.audit, bodies: base.bodies, organisations: base.organisations, site: base.site,
            publicURL: base.settings.publicURL, clock: base.clock)
        openID = OpenID(
            database: base.database, vault: base.vault, site: base.site, bodies: base.bodies, people: identity.people, signIns: identity.signIns,
            audit: base.audit, postman: postman, authority: "digital-authority", publicURL: base.settings.publicURL, http: HTTPClient.shared,
            clock: base.clock, logger: base.logger)
        dispatcher = try Dispatcher(
            routes: identity.routes + openID.routes, site: base.site, authenticator: identity.authenticator,
            settings: .init(rates: .unlimited, clock: base.clock, formKey: base.vault.key(for: "forms"), explain: { _ in nil }), logger: base.logger)
    }

    static func with<Value: Sendable>(students: Int, memoryMiB: Int = 8, passes: Int = 1, _ body: (SignInWorld) async throws -> Value) async throws -> Value {
        let cost = ["ZAMIN_PASSWORD_MEMORY": "\(memoryMiB)", "ZAMIN_PASSWORD_PASSES": "\(passes)"]
        return try await DemoCountry.with(students: students, more: cost) { country in
            let world = try await SignInWorld(country, memoryMiB: memoryMiB, passes: passes)
            let value = try await body(world)
            await world.base.database.close()
            return value
        }
    }
}

/// Keeps the last code of each address.
final class OpenPostman: Postman {
    private let codes = Mutex<[String: String]>([:])
    func code(of email: String) -> String? { codes.withLock { $0[email] } }
    func send(_ notice: Notice, in connection: any Connection) throws {}
    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {
        codes.withLock { $0[email] = code }
    }
}

private struct SilentRegisters: Exchange {
    func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer { throw .unavailable(request.operation) }
}

/// A browser with its cookies, and perhaps a telephone with a passkey.
final class BenchBrowser: Sendable {
    let world: SignInWorld
    let place: Int
    private let jar = Mutex<[String: String]>([:])
    private let device: Mutex<SoftAuthenticator>

    init(_ world: SignInWorld, _ place: Int) {
        (self.world, self.place) = (world, place)
        let origin = world.base.settings.publicURL
        device = Mutex(SoftAuthenticator(origin: origin, rpID: "localhost"))
    }

    func send(_ method: HTTPRequest.Method, _ path: String, _ fields: [(String, String)] = [], address: String = "192.0.2.1") async -> Reply {
        var headers: HTTPFields = [.accept: "text/html"]
        let cookies = jar.withLock { $0 }
        if !cookies.isEmpty { headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        if method == .post { headers[.contentType] = "application/x-www-form-urlencoded" }
        let body = Array(fields.map { "\(PercentEncoding.encode($0.0))=\(PercentEncoding.encode($0.1))" }.joined(separator: "&").utf8)
        let reply = await world.dispatcher.answer(Incoming(method, path, headers: headers, remoteAddress: address) { _ in body })
        jar.withLock { jar in
            for line in reply.headers[values: .setCookie] {
                let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                jar[String(pair[0])] = pair.count > 1 ? String(pair[1]) : ""
            }
        }
        return reply
    }

    static func text(_ html: String, after mark: String) throws -> String {
        guard let range = html.range(of: mark) else { throw BenchmarkError("the page has no \(mark)") }
        return String(html[range.upperBound...].prefix { $0 != "\"" })
    }

    static func html(_ reply: Reply) -> String { String(decoding: reply.body, as: UTF8.self) }

    /// By password and code.
    func signIn() async throws {
        let page = BenchBrowser.html(await send(.get, "/en/sign-in"))
        let token = try BenchBrowser.text(page, after: "name=\"_csrf\" value=\"")
        try await enterPassword(token)
        let code = world.postman.code(of: "student-\(place)@example.test") ?? ""
        let codePage = try BenchBrowser.text(BenchBrowser.html(await send(.get, "/en/sign-in/code")), after: "name=\"_csrf\" value=\"")
        let done = await send(.post, "/en/sign-in/code", [("_csrf", codePage), ("code", code)])
        guard done.status == 303 else { throw BenchmarkError("the code was answered with \(done.status)") }
    }

    func enterPassword(_ token: String, _ password: String = SignInWorld.password, number: String? = nil, address: String = "192.0.2.1") async throws {
        let fields = [("_csrf", token), ("number", number ?? DemoCountry.number(place)), ("password", password)]
        let reply = await send(.post, "/en/sign-in", fields, address: address)
        guard reply.status == (password == SignInWorld.password ? 303 : 422) else { throw BenchmarkError("the password was answered with \(reply.status)") }
    }

    func enrol() async throws {
        let page = BenchBrowser.html(await send(.get, "/en/me/authenticators/passkey"))
        let made = device.withLock { $0 }.create(try BenchBrowser.challenge(page))
        let fields = [("_csrf", try BenchBrowser.text(page, after: "name=\"_csrf\" value=\"")), ("name", "bench"), ("credential", made.text)]
        let reply = await send(.post, "/en/me/authenticators/passkey", fields)
        guard reply.status == 303 else { throw BenchmarkError("the passkey was answered with \(reply.status)") }
    }

    static func challenge(_ page: String) throws -> [UInt8] {
        let options = try text(page, after: "data-options=\"").replacing("&quot;", with: "\"").replacing("&#34;", with: "\"")
        guard let challenge = try JSON.parse(options)["challenge"]?.string.flatMap(Base64.decodeURL) else { throw BenchmarkError("no challenge") }
        return challenge
    }

    /// The page, and the answer to its question.
    func signInByPasskey() async throws {
        let page = BenchBrowser.html(await send(.get, "/en/sign-in?again=1"))
        let device = device.withLock { device in
            device.counter += 1
            return device
        }
        let answer = try device.get(try BenchBrowser.challenge(page)).text
        let reply = await send(.post, "/en/sign-in/passkey", [("_csrf", try BenchBrowser.text(page, after: "name=\"_csrf\" value=\"")), ("credential", answer)])
        guard reply.status == 303 else { throw BenchmarkError("the passkey was answered with \(reply.status)") }
    }
}
