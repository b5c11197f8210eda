import Contracts
import Database
import HTTPTypes
import Language
import Trust
import Values
import Web

/// Signing out that begins at a client (OpenID Connect RP-Initiated Logout 1.0). The person is asked, unless nobody is signed in.
extension OpenID {
    static let endSessionPath = "/openid/end-session"

    /// Where a client sends her back to, when it proved itself by a token of ours and the address is registered.
    private struct Leaving: Sendable {
        let client: Client?
        let address: String?
    }

    /// Nothing is believed of a request that proves nothing, or that is about somebody else than who is signed in (section 4).
    private func leaving(_ fields: Fields, _ actor: Actor) async throws -> Leaving {
        let published = try await keys.published(at: clock.now())
        // A token that has expired still names its client (section 2).
        let claims = fields["id_token_hint"]
            .flatMap { try? JWS.verify($0, type: "JWT") { $0.flatMap(published.key) } }.flatMap { try? JSON.parse($0.payload) }
        let nothing = Leaving(client: nil, address: nil)
        guard let claims, let id = claims["aud"]?.string, fields["client_id"].map({ $0 == id }) ?? true else { return nothing }
        let clients = clients
        guard let client = try await database.read({ try clients.find(id, in: $0) }) else { return nothing }
        guard !actor.isSignedIn || claims["sub"]?.string == pairwise(actor.id, sector: client.sector) else { return nothing }
        guard let wanted = fields["post_logout_redirect_uri"].flatMap(client.postLogoutURI) else { return Leaving(client: client, address: nil) }
        let state = fields["state"].map { "\(wanted.contains("?") ? "&" : "?")state=\(PercentEncoding.encode($0))" } ?? ""
        return Leaving(client: client, address: wanted + state)
    }

    /// The endpoint has no language; the page has.
    func beginEndSession(_ call: Call) async throws -> Reply {
        let fields = call.method == .post ? try call.form() : call.query
        let query = OpenID.endSessionFields.compactMap { name in fields[name].map { "\(name)=\(PercentEncoding.encode($0))" } }.joined(separator: "&")
        return .seeOther("/\((OpenID.language(fields["ui_locales"]) ?? call.language).rawValue)\(OpenID.endSessionPath)?\(query)")
    }

    private static let endSessionFields = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"]

    func showEndSession(_ call: Call) async throws -> Reply {
        let leaving = try await leaving(call.query, call.actor)
        guard call.actor.isSignedIn else {
            guard let address = leaving.address else { return .seeOther(call.page("/signed-out")) }
            return .seeOther(address)
        }
        let hidden = OpenID.endSessionFields.compactMap { name in call.query[name].map { ["name": name, "value": $0] } }
        var data: [String: Any] = ["hidden": hidden]
        if let client = leaving.client { data["client"] = client.name.text(in: call.language) }
        return try site.page("openID/end-session", Site.Heading(site.text("openID.end.title", call)), data, for: call)
    }

    func endSession(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let leaving = try await leaving(fields, call.actor)
        let isLeaving = fields["decision"] != "stay"
        if isLeaving, call.actor.isSignedIn {
            let (signIns, actor, time) = (signIns, call.actor, clock.now())
            try await database.write { try signIns.end(sessionOf: actor, at: time, in: $0) }
        }
        let reply: Reply
        if let address = leaving.address { reply = try site.onward(to: address, call) } else {
            reply = .seeOther(call.page(isLeaving ? "/signed-out" : "/me"))
        }
        return isLeaving ? reply.settingCookie(Dispatcher.sessionCookie, "", maxAge: 0) : reply
    }
}
