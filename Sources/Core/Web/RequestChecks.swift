import HTTPTypes
import JSONSchema
import Trust
import Values

/// What every request passes before its handler: may this actor, did our own page send this form, has the body its shape.
struct RequestChecks: Sendable {
    private let schemas: [String: JSONSchema]
    private let formKey: HMACKey

    init(routes: [Route], formKey: HMACKey) throws {
        schemas = try routes.reduce(into: [:]) { schemas, route in
            if let body = route.body { schemas[route.operation] = try JSONSchema(body.schema) }
        }
        self.formKey = formKey
    }

    /// Why this actor may not, or nil when she may. Deny by default: whom no case lets in is not let in.
    func refusal(of actor: Actor, for audience: Audience) -> Problem? {
        switch audience {
        case .everyone, .signedPeer: return nil
        case .person(let floor):
            if actor.kind != .person { return .signInNeeded }
            if !actor.assurance.meets(floor) { return .assuranceTooLow }
            if actor.mandate != nil { return .notByMandate }
            return actor.organisation == nil ? nil : .notAllowed
        case .applicant(let floor):
            if actor.kind != .person { return .signInNeeded }
            if !actor.assurance.meets(floor) { return .assuranceTooLow }
            return actor.organisation == nil ? nil : .notAllowed
        case .signedIn(let floor):
            if actor.kind != .person { return .signInNeeded }
            return actor.assurance.meets(floor) ? nil : .assuranceTooLow
        case .officer(let role):
            if actor.kind != .person { return .signInNeeded }
            guard actor.organisation != nil, actor.assurance.meets(.substantial) else { return .notAllowed }
            return role.map(actor.roles.contains) ?? true ? nil : .notAllowed
        case .client(let scope):
            if actor.kind != .client { return .signInNeeded }
            return actor.scopes.contains(scope) ? nil : .notAllowed
        }
    }

    /// The call with its actor, and a form token that hangs on the session and on what she acts as, so that a form opened in a capacity that
    /// has ended is not sent in another. Before sign-in it hangs on a cookie of its own.
    func identified(_ call: Call, actor: Actor, cookies: [String: String]) -> Call {
        if actor.isSignedIn, let session = cookies[Dispatcher.sessionCookie] {
            return call.with(actor: actor, cookies: cookies, formToken: token("\(session):\(actor.capacity.code)"), newFormCookie: nil)
        }
        if let anchor = cookies[Dispatcher.formCookie], !anchor.isEmpty {
            return call.with(actor: actor, cookies: cookies, formToken: token(anchor), newFormCookie: nil)
        }
        let anchor = RandomToken.make(bytes: 18)
        return call.with(actor: actor, cookies: cookies, formToken: token(anchor), newFormCookie: anchor)
    }

    private func token(_ anchor: String) -> String { Base64.encodeURL(formKey.code(for: Array("form:\(anchor)".utf8))) }

    /// Against forged forms (CSRF): the browser must not say that another site sent it, and the token must be ours.
    func checkForm(_ call: Call, _ route: Route) throws(Problem) {
        guard route.kind == .page, call.method != .get, call.method != .head else { return }
        if let site = call.headers[.init("Sec-Fetch-Site")!], site != "same-origin", site != "none" { throw .formExpired }
        if let origin = call.headers[.origin], let host = call.authority,
            origin.split(separator: "/").last.map(String.init) != host
        {
            throw .formExpired
        }
        guard call.newFormCookie == nil, let sent = try call.form()["_csrf"], constantTimeEquals(sent, call.formToken) else { throw .formExpired }
    }

    func checkBody(_ call: Call, _ route: Route) throws(Problem) {
        guard let schema = schemas[route.operation] else { return }
        let faults = schema.faults(in: try call.json())
        guard faults.isEmpty else {
            throw .invalid(faults.map { FieldFault($0.pointer.description, $0.keyword, $0.arguments) })
        }
    }
}

enum Cookies {
    static func parse(_ headers: HTTPFields) -> [String: String] {
        var cookies: [String: String] = [:]
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                // The first of a name counts: a second one was set by somebody else for another path or domain.
                if parts.count == 2, cookies[trim(String(parts[0]))] == nil { cookies[trim(String(parts[0]))] = trim(String(parts[1])) }
            }
        }
        return cookies
    }
}
