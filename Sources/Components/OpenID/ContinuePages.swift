import Contracts
import Database
import HTTPTypes
import Language
import Trust
import Values
import Web

/// Where a person comes to from a client, and goes back from. One address for the whole way, asked again after each step (signing in, agreeing),
/// until nothing is missing any more: so going back, a second tab and an interrupted sign-in need no code of their own.
extension OpenID {
    static let continuePath = "/openid/continue"

    /// The authorization endpoint (RFC 6749 section 3.1). It has no language yet; what it found goes on to the page that has one.
    func authorize(_ call: Call) async throws -> Reply {
        let fields = call.method == .post ? try call.form() : call.query
        guard Set(fields.pairs.map(\.name)).count == fields.pairs.count else { throw Problem(400, "openID.request-gone") }
        guard let uri = fields["request_uri"] else { return try await authorizeUnpushed(fields, call) }
        let client = fields["client_id"] ?? ""
        let (requests, time) = (requests, clock.now())
        let language = try await database.read { try requests.find(uri, of: client, at: time, in: $0) }?.request.language
        return .seeOther("/\((language ?? call.language).rawValue)\(OpenID.place(client, uri))")
    }

    /// The parameters of a client of the legacy profile stand in the address itself. What is wrong with them is told to the client, unless its
    /// address is (RFC 6749 section 4.1.2.1).
    private func authorizeUnpushed(_ fields: Fields, _ call: Call) async throws -> Reply {
        let (clients, time, id) = (clients, clock.now(), fields["client_id"] ?? "")
        let found = try await database.read { try clients.find(id, in: $0) }
        guard let client = found, client.profile != .strict, let redirect = fields["redirect_uri"].flatMap(client.redirectURI) else {
            throw Problem(400, "openID.request-gone")
        }
        guard client.isInForce(at: time) else { throw Problem(400, "openID.client-ended") }
        do {
            if fields["request"] != nil { throw OAuthError(.requestNotSupported, "request objects are not read in the legacy profile") }
            let request = try await request(fields, of: client)
            let uri = try await keep(request)
            return .seeOther("/\((request.language ?? call.language).rawValue)\(OpenID.place(client.id, uri))")
        } catch let error as OAuthError {
            return .seeOther(answer(redirect, fields["state"], [("error", error.code.rawValue), ("error_description", error.detail)]))
        }
    }

    static func place(_ clientID: String, _ uri: String) -> String {
        "\(continuePath)?client_id=\(PercentEncoding.encode(clientID))&request_uri=\(PercentEncoding.encode(uri))"
    }

    /// A request that somebody has come with.
    private struct Visit: Sendable {
        let client: Client
        let pending: PendingRequest
        let uri: String
        var request: AuthorizationRequest { pending.request }
    }

    private func visit(_ clientID: String, _ uri: String) async throws -> Visit {
        let (clients, requests, time) = (clients, requests, clock.now())
        let found = try await database.write { connection -> Visit? in
            guard let client = try clients.find(clientID, in: connection), client.isInForce(at: time),
                let pending = try requests.find(uri, of: clientID, at: time, in: connection),
                // What it may ask for can have been narrowed since.
                pending.request.scopes.allSatisfy(client.allows), client.redirectURI(pending.request.redirectURI) != nil
            else { return nil }
            try requests.begin(pending, at: time, in: connection)
            return Visit(client: client, pending: pending, uri: uri)
        }
        guard let found else { throw Problem(400, "openID.request-gone") }
        return found
    }

    func showContinue(_ call: Call) async throws -> Reply {
        let visit = try await visit(call.query["client_id"] ?? "", call.query["request_uri"] ?? "")
        let place = OpenID.place(visit.client.id, visit.uri)
        let (request, time, signIns, grants) = (visit.request, clock.now(), signIns, grants)
        let isSilent = request.prompts.contains(.none)
        let actor = call.actor
        let signIn = actor.isSignedIn
            ? try await database.read { try signIns.signIn(session: actor.sessionID, of: actor.id, at: time, in: $0) } : nil
        guard let signIn else {
            if isSilent { return try await refuse(visit, OAuthError(.loginRequired, "nobody is signed in")) }
            return .seeOther(self.signIn(for: request, again: false, place, call))
        }
        if let error = visit.pending.fault?.atRedirect { return try await refuse(visit, error) }
        let isHinted = request.hintedSubject.map { $0 == pairwise(actor.id, sector: visit.client.sector) } ?? true
        guard isHinted else {
            // Somebody else than the client takes her for: she signs in anew, or it is told.
            if isSilent || signIn.at >= visit.pending.createdAt {
                return try await refuse(visit, OAuthError(.loginRequired, "somebody else than the hint says is signed in"))
            }
            return .seeOther(self.signIn(for: request, again: true, place, call))
        }
        guard isFresh(signIn, for: visit, at: time) else {
            if isSilent { return try await refuse(visit, OAuthError(.loginRequired, "the sign-in is too old")) }
            return .seeOther(self.signIn(for: request, again: true, place, call))
        }
        let met = request.levels.isEmpty || request.levels.contains { signIn.assurance.meets($0.assurance) }
        guard met || !request.isLevelEssential else {
            // Proving it better is our work, not the client's: once, and unless she would rather not.
            if !isSilent, needsPasskey(request), signIn.at < visit.pending.createdAt, call.query["declined"] == nil {
                return .seeOther(self.signIn(for: request, again: true, place, call))
            }
            return try await refuse(visit, OAuthError(.unmetRequirements, "none of the levels asked for is reached"))
        }
        let known = try await database.read { try grants.consent(of: actor.id, to: visit.client.id, in: $0) }
        let isAgreed = visit.pending.agreedSession == signIn.sessionID
            || (!request.prompts.contains(.consent) && request.scopes.isSubset(of: known))
        guard isAgreed else {
            if isSilent { return try await refuse(visit, OAuthError(.consentRequired, "the person has not agreed yet")) }
            return try page(visit, call)
        }
        return try await issue(visit, signIn, call, at: time)
    }

    /// Whether nothing but a sign-in by passkey will do.
    private func needsPasskey(_ request: AuthorizationRequest) -> Bool {
        request.isLevelEssential && request.levels.allSatisfy { $0.assurance.credential == 3 }
    }

    /// Where she signs in for a request, and from where she comes back to `place`.
    private func signIn(for request: AuthorizationRequest, again: Bool, _ place: String, _ call: Call) -> String {
        if simulator != nil { return call.page(place.replacing(OpenID.continuePath, with: OpenID.simulatorPath)) }
        let members = (again ? ["again=1"] : []) + (needsPasskey(request) ? ["level=3"] : []) + ["next=\(PercentEncoding.encode(place))"]
        return "\(call.page("/sign-in"))?\(members.joined(separator: "&"))"
    }

    /// `max_age`, and for `prompt=login` a sign-in later than the request (OpenID Connect Core section 3.1.2.1).
    private func isFresh(_ signIn: SignIn, for visit: Visit, at time: Instant) -> Bool {
        if visit.request.prompts.contains(.login), signIn.at < visit.pending.createdAt { return false }
        guard let maxAge = visit.request.maxAge else { return true }
        // Of zero seconds only what comes after the request can be meant.
        return signIn.at >= visit.pending.createdAt || time <= signIn.at.adding(seconds: maxAge)
    }

    private func page(_ visit: Visit, _ call: Call) throws -> Reply {
        let body = bodies.body(visit.client.bodyID)?.name.text(in: call.language) ?? ""
        let data: [String: Any] = [
            "client": visit.client.name.text(in: call.language), "body": body, "clientID": visit.client.id, "requestURI": visit.uri,
            "items": visit.request.scopes.sorted { $0.rawValue < $1.rawValue }.filter { !$0.claims.isEmpty }.map { scope in
                ["text": site.text("openID.scope.\(scope.rawValue)", call), "basis": basis(visit.client.bases[scope], call)]
            },
            "isTest": visit.client.isTest, "staysSignedIn": visit.request.scopes.contains(.offlineAccess),
        ]
        return try site.page("openID/continue", Site.Heading(site.text("openID.continue.title", call)), data, for: call)
    }

    func basis(_ basis: ScopeBasis?, _ call: Call) -> String {
        guard let title = basis?.title else { return site.text("openID.basis.consent", call) }
        return site.text("openID.basis.law", call, ["law": title.text(in: call.language)])
    }

    /// The person agrees, or does not.
    func agree(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let visit = try await visit(fields["client_id"] ?? "", fields["request_uri"] ?? "")
        guard call.actor.isSignedIn else { return .seeOther(call.page(OpenID.place(visit.client.id, visit.uri))) }
        guard fields["decision"] == "agree" else {
            return try site.onward(to: try await refusal(visit, OAuthError(.accessDenied, "the person did not agree")), call)
        }
        let (requests, grants, audit, actor, time) = (requests, grants, audit, call.actor, clock.now())
        try await database.write { connection in
            try requests.agree(visit.pending, session: actor.sessionID, in: connection)
            let known = try grants.consent(of: actor.id, to: visit.client.id, in: connection)
            try grants.save(consent: known.union(visit.request.scopes), of: actor.id, to: visit.client.id, at: time, in: connection)
            var entry = AuditEntry(
                subjectID: actor.id, actor: actor, action: .write, what: "openid.consent", basis: .request(visit.client.id),
                fields: visit.request.scopes.map(\.rawValue).sorted(), at: time)
            entry.bodyID = visit.client.bodyID
            try audit.record(entry, in: connection)
        }
        return try site.onward(to: call.page(OpenID.place(visit.client.id, visit.uri)), call)
    }

    private func issue(_ visit: Visit, _ signIn: SignIn, _ call: Call, at time: Instant) async throws -> Reply {
        let (request, actor) = (visit.request, call.actor)
        let code = RandomToken.make()
        // Tokens for when she is away last longer than her session; others end with it.
        let life = request.scopes.contains(.offlineAccess) ? time.adding(seconds: OpenID.offlineSeconds) : signIn.expiresAt
        let grant = Grant(
            id: UUIDv7.next(at: time), subjectID: signIn.subjectID, clientID: visit.client.id, sessionID: signIn.sessionID, scopes: request.scopes,
            level: AssuranceLevel(signIn.assurance), authenticatedAt: signIn.at, createdAt: time, expiresAt: life,
            fault: visit.pending.fault)
        let issued = IssuedCode(
            clientID: visit.client.id, subjectID: signIn.subjectID, grantID: grant.id, redirectURI: request.redirectURI, challenge: request.challenge,
            nonce: request.nonce, keyThumbprint: request.keyThumbprint, expiresAt: time.adding(seconds: OpenID.codeSeconds))
        let (requests, grants, audit, signIns, applications) = (requests, grants, audit, signIns, applications)
        let isTaken = try await database.write { connection in
            guard try signIns.hold(session: signIn.sessionID, of: signIn.subjectID, in: connection),
                try requests.take(visit.pending, in: connection)
            else { return false }
            try grants.insert(grant, in: connection)
            try grants.insert(issued, hash: Fingerprint.hex(of: code), in: connection)
            try applications.count("signIn", at: visit.client.id, on: IsraelTime.date(time), in: connection)
            var entry = AuditEntry(
                subjectID: signIn.subjectID, actor: actor, action: .signIn, what: "openid.signIn", basis: .request(grant.id),
                fields: request.scopes.map(\.rawValue).sorted(), at: time)
            entry.bodyID = visit.client.bodyID
            try audit.record(entry, in: connection)
            return true
        }
        guard isTaken else { throw Problem(400, "openID.request-gone") }
        return .seeOther(answer(visit, [("code", code)]))
    }

    private func refuse(_ visit: Visit, _ error: OAuthError) async throws -> Reply { .seeOther(try await refusal(visit, error)) }

    private func refusal(_ visit: Visit, _ error: OAuthError) async throws -> String {
        let (requests, pending, applications, today) = (requests, visit.pending, applications, IsraelTime.date(clock.now()))
        let isTaken = try await database.write { connection in
            guard try requests.take(pending, in: connection) else { return false }
            try applications.count(error.code.rawValue, at: visit.client.id, on: today, in: connection)
            return true
        }
        guard isTaken else { throw Problem(400, "openID.request-gone") }
        return answer(visit, [("error", error.code.rawValue), ("error_description", error.detail)])
    }

    /// The redirect address with the answer, and with `iss`, against mix-up (RFC 9207).
    private func answer(_ visit: Visit, _ members: [(String, String)]) -> String {
        let fault = visit.pending.fault
        let state = fault == .wrongState ? "another state" : visit.request.state
        return answer(visit.request.redirectURI, state, members, issuer: fault == .wrongIssuer ? "https://issuer.invalid" : issuer)
    }

    private func answer(_ redirect: String, _ state: String?, _ members: [(String, String)], issuer named: String? = nil) -> String {
        let all = members + (state.map { [("state", $0)] } ?? []) + [("iss", named ?? issuer)]
        let query = all.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return redirect + (redirect.contains("?") ? "&" : "?") + query
    }
}
