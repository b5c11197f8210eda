public import HTTPTypes
public import Language
public import Logging
public import Trust
public import Values

/// A request as it came, before anything is believed.
public struct Incoming: Sendable {
    public var method: HTTPRequest.Method
    /// Path and query, still percent-encoded.
    public var target: String
    public var headers: HTTPFields
    public var remoteAddress: String
    /// The certificate with which the client proved itself in the TLS handshake, as DER; not checked against any authority.
    public var clientCertificate: [UInt8]?
    /// Reads the body; nil when it is longer than the limit, after having read it off the wire so that an answer can be seen.
    public var readBody: @Sendable (_ limit: Int) async throws -> [UInt8]?

    public init(
        _ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:], remoteAddress: String = "127.0.0.1",
        readBody: @escaping @Sendable (Int) async throws -> [UInt8]?
    ) {
        (self.method, self.target, self.headers, self.remoteAddress, self.readBody) = (method, target, headers, remoteAddress, readBody)
    }

    public init(_ method: HTTPRequest.Method, _ target: String, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.init(method, target, headers: headers) { limit in body.count > limit ? nil : body }
    }
}

/// Answers requests by the route table: match, ready page, who is it, may they, body, form token, handler, errors, headers. Knows no
/// sockets, so that tests call it as the server does.
public final class Dispatcher: Sendable {
    public struct Settings: Sendable {
        public var rates: RateSettings
        public var clock: TimeSource
        /// Secret behind form tokens.
        public var formKey: HMACKey
        /// Turns an error of a lower floor into a problem; nil leaves it to be an internal error.
        public var explain: @Sendable (any Error) -> Problem?
        /// Goes up whenever shared pages may have changed.
        public var contentVersion: @Sendable () -> Int64
        /// Hosts besides our own that a page may send the browser on to with a form, such as the acquirer's.
        public var formTargets: [String]
        public init(
            rates: RateSettings = RateSettings(), clock: TimeSource = .wallClock, formKey: HMACKey,
            explain: @escaping @Sendable (any Error) -> Problem? = { _ in nil }, contentVersion: @escaping @Sendable () -> Int64 = { 1 },
            formTargets: [String] = []
        ) {
            (self.rates, self.clock, self.formKey, self.explain) = (rates, clock, formKey, explain)
            (self.contentVersion, self.formTargets) = (contentVersion, formTargets)
        }
    }

    public static let sessionCookie = "__Host-session"
    static let formCookie = "__Host-form"

    public let table: RouteTable
    let site: Site
    let authenticator: any Authenticator
    let settings: Settings
    let checks: RequestChecks
    private let cache = PageCache()
    private let limits: RateLimits
    private let headers: SecurityHeaders
    let logger: Logger

    public init(routes: [Route], site: Site, authenticator: any Authenticator, settings: Settings, logger: Logger) throws {
        table = try RouteTable(routes + [site.files.route])
        (self.site, self.authenticator, self.settings, self.logger) = (site, authenticator, settings, logger)
        checks = try RequestChecks(routes: table.routes, formKey: settings.formKey)
        limits = RateLimits(settings.rates)
        headers = SecurityHeaders(formTargets: settings.formTargets)
    }

    public func answer(_ incoming: Incoming) async -> Reply {
        let version = settings.contentVersion()
        let mayBeShared = incoming.method == .get && PageCache.mayHold(incoming.target)
            && !(incoming.headers[.cookie]?.contains(Dispatcher.sessionCookie) ?? false)
        if mayBeShared, let entry = cache.entry(incoming.target, version: version) { return fresh(entry, incoming) }
        var (reply, isShared) = await answerAfresh(incoming)
        headers.add(to: &reply)
        guard mayBeShared, isShared, reply.status == 200 else {
            if reply.headers[.cacheControl] == nil { reply.headers[.cacheControl] = "no-store" }
            if incoming.method == .head {
                // An answer to HEAD says how long the page would be and holds nothing of it (RFC 9110 section 9.3.2).
                reply.headers[.contentLength] = "\(reply.body.count)"
                reply.body = []
            }
            return reply
        }
        return fresh(cache.keep(reply, for: incoming.target, version: version), incoming)
    }

    private func fresh(_ entry: PageCache.Entry, _ incoming: Incoming) -> Reply {
        guard let known = incoming.headers[.ifNoneMatch], PageCache.matches(known, entry.etag) else { return entry.reply }
        var reply = entry.reply
        reply.status = 304
        reply.body = []
        return reply
    }

    private func answerAfresh(_ incoming: Incoming) async -> (Reply, isShared: Bool) {
        let time = settings.clock.now()
        var call = Call(incoming, time: time, reference: RandomToken.make(bytes: 9))
        // Until the address is read: so that somebody at a browser is told in a page that it could not be.
        call = call.with(path: "/", parameters: [:], language: Dispatcher.language(of: incoming), isPage: Dispatcher.wantsPage(incoming))
        do {
            let (path, query) = try Dispatcher.split(incoming.target)
            let (route, parameters, language) = try find(incoming, path, &call)
            call = call.with(path: path, parameters: parameters, language: language, isPage: route.kind == .page)
            call = call.with(query: query).with(alternate: alternate(of: incoming, path))
            let reply = try await answer(incoming, route, &call)
            return (reply, route.isShared)
        } catch let redirect as LanguageRedirect {
            return (redirect.reply, false)
        } catch {
            return (problemReply(error, call), false)
        }
    }

    private func answer(_ incoming: Incoming, _ route: Route, _ call: inout Call) async throws -> Reply {
        try allow(IPAddress.callerKey(incoming.remoteAddress), route, call.time)
        let cookies = Cookies.parse(incoming.headers)
        // A cookie is sent by the browser whether or not our page asked for it: only pages, which check form tokens, act on one.
        let usesCookies = route.kind == .page || incoming.method == .get || incoming.method == .head
        let actor = try await authenticator.actor(
            cookies: usesCookies ? cookies : [:], authorization: incoming.headers[.authorization], remoteAddress: incoming.remoteAddress)
        call = checks.identified(call, actor: actor, cookies: cookies)
        if let refusal = checks.refusal(of: actor, for: route.audience) {
            if refusal == .signInNeeded, route.kind == .page { return signIn(call) }
            throw refusal
        }
        if actor.isSignedIn { try allow(actor.id, route, call.time) }
        guard let body = try await incoming.readBody(route.bodyLimit) else {
            throw Problem.tooLarge(limit: "\(route.bodyLimit / 1_048_576 > 0 ? "\(route.bodyLimit / 1_048_576) MB" : "\(route.bodyLimit / 1024) KB")")
        }
        call = call.with(body: body)
        if route.kind == .page, call.method != .get, call.method != .head { call = try call.readingForm() }
        try checks.checkForm(call, route)
        try checks.checkBody(call, route)
        var reply = try await route.handler(call)
        if reply.carriesForm, let value = call.newFormCookie { reply.setCookie(Dispatcher.formCookie, value) }
        return reply
    }

    /// Where the same page is in the other languages: its address without the language. An answer to a form that is no page by itself leads
    /// to the nearest page above it.
    private func alternate(of incoming: Incoming, _ path: String) -> String {
        if incoming.method == .get || incoming.method == .head { return String(incoming.target.dropFirst().drop { $0 != "/" && $0 != "?" }) }
        var segments = RouteTable.segments(path)
        while segments.count > 1 {
            if case .found = table.match(.get, "/" + segments.joined(separator: "/")) { break }
            segments.removeLast()
        }
        return segments.dropFirst().map { "/" + PercentEncoding.encode($0) }.joined()
    }

    private func allow(_ caller: String, _ route: Route, _ time: Instant) throws(Problem) {
        if let seconds = limits.wait(caller, route.rate, at: time) { throw .tooManyRequests(seconds: seconds) }
    }

    private func find(_ incoming: Incoming, _ path: String, _ call: inout Call) throws -> (Route, [String: String], Language) {
        let preferred = Language.negotiate(acceptLanguage: incoming.headers[.acceptLanguage] ?? "")
        switch table.match(incoming.method, path) {
        case .found(let route, let parameters, let language): return (route, parameters, language ?? preferred)
        case .wrongMethod(let allowed):
            call = call.with(path: path, parameters: [:], language: preferred, isPage: Dispatcher.wantsPage(incoming))
            throw Problem.methodNotAllowed(allowed.map(\.rawValue).sorted().joined(separator: ", "))
        case .nothing:
            // A page asked for without a language: the site's own is Hebrew, whatever the browser prefers.
            if incoming.method == .get, case .found = table.match(.get, "/\(Language.standard.rawValue)\(path)") {
                throw LanguageRedirect(target: "/\(Language.standard.rawValue)\(incoming.target == "/" ? "" : incoming.target)")
            }
            let first = path.split(separator: "/").first.map(String.init) ?? ""
            call = call.with(path: path, parameters: [:], language: Language(rawValue: first) ?? preferred, isPage: Dispatcher.wantsPage(incoming))
            throw Problem.notFound
        }
    }

    /// The one the address begins with, or else what the browser prefers.
    private static func language(of incoming: Incoming) -> Language {
        let first = incoming.target.dropFirst().prefix { $0 != "/" && $0 != "?" }
        return Language(rawValue: String(first)) ?? Language.negotiate(acceptLanguage: incoming.headers[.acceptLanguage] ?? "")
    }

    private static func wantsPage(_ incoming: Incoming) -> Bool { incoming.headers[.accept]?.contains("text/html") ?? false }

    private static func split(_ target: String) throws(Problem) -> (String, Fields) {
        let parts = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        guard target.utf8.count <= 8_192, let first = parts.first else { throw .unreadableRequest("target") }
        return (try PercentEncoding.decode(first), parts.count > 1 ? try Fields.parse(urlEncoded: parts[1]) : Fields())
    }

    private func signIn(_ call: Call) -> Reply {
        let next = call.method == .get ? call.path : "/me"
        return .seeOther("\(call.page("/sign-in"))?next=\(PercentEncoding.encode(next))")
    }
}

private struct LanguageRedirect: Error {
    let target: String
    var reply: Reply { Reply(status: 302, headers: [.location: target]) }
}
