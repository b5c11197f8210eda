import HTTPTypes
import Language
import Synchronization
import Testing
import Web

/// A browser without JavaScript: keeps cookies, sends forms from the page it is at.
final class TestBrowser: Sendable {
    struct Page: Sendable {
        let status: Int
        let location: String?
        let text: String
        let setCookies: [String]
    }

    private let dispatcher: Dispatcher
    private let jar = Mutex<[String: String]>([:])
    private let page = Mutex("")
    let address: String
    let language: String

    init(_ world: IdentityWorld, address: String = "192.0.2.7", language: String = "en") {
        (dispatcher, self.address, self.language) = (world.dispatcher, address, language)
    }

    var cookies: [String: String] { jar.withLock { $0 } }
    func set(_ cookie: String, _ value: String?) { jar.withLock { $0[cookie] = value } }

    @discardableResult func get(_ path: String) async -> Page { await send(.get, path, "") }

    /// Sends the form of the page that was read last.
    @discardableResult func post(_ path: String, _ fields: KeyValuePairs<String, String> = [:]) async -> Page {
        let token = page.withLock { page in
            page.components("name=\"_csrf\" value=\"").dropFirst().first.flatMap { $0.split(separator: "\"").first.map(String.init) }
        }
        let pairs = [("_csrf", token ?? "")] + fields.map { ($0.key, $0.value) }
        return await send(.post, path, pairs.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&"))
    }

    /// In this browser's language, unless the path says another.
    private func target(_ path: String) -> String {
        Language(rawValue: String(path.dropFirst().prefix { $0 != "/" && $0 != "?" })) == nil ? "/\(language)\(path)" : path
    }

    private func send(_ method: HTTPRequest.Method, _ path: String, _ body: String) async -> Page {
        var headers: HTTPFields = [.userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"]
        headers[HTTPField.Name("Host")!] = "zamin.test"
        if method == .post { headers[.contentType] = "application/x-www-form-urlencoded" }
        let cookies = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        if !cookies.isEmpty { headers[.cookie] = cookies }
        let bytes = Array(body.utf8)
        let reply = await dispatcher.answer(
            Incoming(method, target(path), headers: headers, remoteAddress: address) {
                bytes.count > $0 ? nil : bytes
            })
        let set = reply.headers[values: .setCookie]
        for cookie in set {
            let parts = cookie.split(separator: ";")[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            self.set(parts[0], cookie.contains("Max-Age=0") ? nil : parts[1])
        }
        let text = String(decoding: reply.body, as: UTF8.self)
        if text.contains("_csrf") { page.withLock { $0 = text } }
        return Page(status: reply.status, location: reply.headers[.location], text: text, setCookies: set)
    }
}

extension String {
    func components(_ separator: String) -> [Substring] { split(separator: separator, omittingEmptySubsequences: false) }
}

/// What people do, in one call each.
extension TestBrowser {
    static let password = "orange tractor sings"

    /// From the first page up to and with the check against the registers.
    @discardableResult
    func prove(_ resident: ScriptedExchange.Resident = .init(), locality: String = "Haifa") async -> Page {
        await get("/register")
        await post("/register")
        await get("/register/number")
        await post("/register/number", ["number": resident.number])
        await answer("birth", resident.birthDate)
        await answer("card", resident.cardIssueDate)
        await get("/register/address")
        return await post("/register/address", ["locality": locality])
    }

    private func answer(_ step: String, _ date: String) async {
        let parts = date.split(separator: "-").map(String.init)
        await get("/register/\(step)")
        await post("/register/\(step)", ["day": parts[2], "month": parts[1], "year": parts[0]])
    }

    /// The rest, up to waiting for the code.
    @discardableResult
    func equip(email: String = "noa@example.org", password: String = TestBrowser.password) async -> Page {
        await get("/register/contact")
        await post("/register/contact", ["email": email, "phone": "050-1234567"])
        await get("/register/password")
        return await post("/register/password", ["password": password])
    }

    @discardableResult
    func register(_ world: IdentityWorld, _ resident: ScriptedExchange.Resident = .init(), email: String = "noa@example.org") async throws
        -> Page
    {
        await prove(resident)
        await equip(email: email)
        await get("/register/code")
        return await post("/register/code", ["code": world.postman.lastCode])
    }

    @discardableResult
    func enterPassword(_ number: String = "600000012", _ password: String = TestBrowser.password, next: String? = nil) async -> Page {
        await get("/sign-in" + (next.map { "?next=\(PercentEncoding.encode($0))" } ?? ""))
        return await post("/sign-in", ["number": number, "password": password, "next": next ?? ""])
    }

    @discardableResult
    func signIn(_ world: IdentityWorld, _ number: String = "600000012", next: String? = nil) async throws -> Page {
        await enterPassword(number, next: next)
        await get("/sign-in/code")
        return await post("/sign-in/code", ["code": world.postman.lastCode])
    }
}
