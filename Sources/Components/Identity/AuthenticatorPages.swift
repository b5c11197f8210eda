import Authenticators
import Contracts
import Database
import HTTPTypes
import Language
import Trust
import Values
import Web

/// The page on which a person sees what she signs in with, adds to it and takes from it.
extension Identity {
    private static let path = "/me/authenticators"

    var authenticatorRoutes: [Route] {
        let audience = Audience.signedIn(Assurance(credential: 2, proof: 0))
        return [
            .page(.get, Identity.path, for: audience, "identity.listAuthenticators", "What I sign in with", listAuthenticators),
            .page(.get, "\(Identity.path)/passkey", for: audience, "identity.showAddPasskey", "Add a passkey", showAddPasskey),
            .page(.post, "\(Identity.path)/passkey", for: audience, "identity.addPasskey", "Keep the new passkey", rate: .guarded, addPasskey),
            .page(.get, "\(Identity.path)/app", for: audience, "identity.showAddApp", "Add an authenticator app", showAddApp),
            .page(.post, "\(Identity.path)/app", for: audience, "identity.addApp", "Check the first code of the app", rate: .guarded, addApp),
            .page(
                .post, "\(Identity.path)/{authenticator}/remove", for: audience, "identity.removeAuthenticator", "Remove a passkey or the app",
                removeAuthenticator),
        ]
    }

    private func listAuthenticators(_ call: Call) async throws -> Reply {
        let (store, subject) = (store, call.actor.id)
        let (known, waiting) = try await database.read { connection in
            (try store.authenticators(of: subject, in: connection), try store.waitingRecovery(of: subject, in: connection))
        }
        func date(_ time: Instant) -> String { Formats.dateTime(time, in: call.language, style: .short) }
        let rows = known.map { authenticator -> [String: Any] in
            [
                "name": words(for: authenticator, in: call.language), "added": date(authenticator.createdAt),
                "used": authenticator.lastUsedAt.map(date) ?? text("authenticators.never", call),
                "removeHref": call.page("\(Identity.path)/\(authenticator.id)/remove"),
            ]
        }
        var data: [String: Any] = [
            "authenticators": rows, "hasAny": !rows.isEmpty, "hasApp": known.contains { $0.key.kind == "app" }, "offersPasskeys": party != nil,
        ]
        for change in ["added", "removed"] where call.query[change] != nil { data[change] = true }
        if let waiting { data["recovery"] = text("recover.waiting", call, ["time": Formats.dateTime(waiting.dueAt, in: call.language)]) }
        return try site.page("identity/authenticators", Site.Heading(text("authenticators.title", call), back: call.page("/me")), data, for: call)
    }

    /// Runs the body when the person has just signed in; otherwise asks her to prove anew who she is.
    private func freshly(_ call: Call, _ path: String, _ body: () async throws -> Reply) async throws -> Reply {
        if try await isFresh(call.actor) { return try await body() }
        let data: [String: Any] = ["href": call.page("/sign-in") + "?again=1&next=\(PercentEncoding.encode(path))"]
        return try site.page(
            "identity/prove-again", Site.Heading(text("prove-again.title", call), back: call.page(Identity.path)), data, for: call, status: 200)
    }

    // MARK: Passkeys

    private func showAddPasskey(_ call: Call) async throws -> Reply {
        try await freshly(call, "\(Identity.path)/passkey") {
            let device = Device(userAgent: call.headers[.userAgent])
            return try await passkeyPage(FilledForm(["name": DeviceWords(catalogue: site.catalogue, language: call.language).name(device)]), call)
        }
    }

    private func passkeyPage(_ form: FilledForm, _ call: Call) async throws -> Reply {
        guard let party else { throw Problem.notFound }
        let (store, actor) = (store, call.actor)
        let known = try await database.read { try store.authenticators(of: actor.id, in: $0) }
        let excluded = known.compactMap { authenticator -> JSON? in
            guard case .passkey(let passkey) = authenticator.key else { return nil }
            return ["type": "public-key", "id": .string(Base64.encodeURL(passkey.credentialID))]
        }
        let options: JSON = [
            "rp": ["id": .string(party.id), "name": .string(site.text("web.name", call))],
            "user": ["id": .string(Base64.encodeURL(userHandle(actor.id))), "name": .string(actor.name), "displayName": .string(actor.name)],
            "challenge": .string(Base64.encodeURL(challenges.make(.adding(sessionID: actor.sessionID), at: clock.now()))),
            "pubKeyCredParams": .array(Passkey.Algorithm.allCases.map { ["type": "public-key", "alg": .int(Int64($0.rawValue))] }),
            "timeout": .int(PasskeyChallenges.lifeSeconds * 1_000), "excludeCredentials": .array(excluded),
            "authenticatorSelection": ["residentKey": "required", "requireResidentKey": true, "userVerification": "required"], "attestation": "none",
        ]
        var form = form
        form["options"] = options.text
        return try page("add-passkey", "passkey.title", form, back: Identity.path, call)
    }

    private func addPasskey(_ call: Call) async throws -> Reply {
        try await freshly(call, "\(Identity.path)/passkey") {
            let fields = try call.form()
            let name = fields.trimmed("name") ?? ""
            var form = FilledForm(["name": String(name.prefix(PersonalAuthenticator.nameCharactersMax))])
            if !(1...PersonalAuthenticator.nameCharactersMax).contains(name.count) { form.fault("name", text("passkey.name-wrong", call)) }
            let registration = PasskeyPages.read(fields["credential"]) { try? PasskeyRegistration($0) }
            if registration == nil { form.fault("passkey", text("passkey.none", call), id: "add-passkey") }
            guard let registration, !form.isWrong else { return try await passkeyPage(form, call) }
            do throws(PasskeyFault) {
                switch try await add(registration, named: name, for: call.actor) {
                case .added: return .seeOther("\(call.page(Identity.path))?added=1")
                case .isKnown: form.fault("passkey", text("passkey.known", call), id: "add-passkey")
                case .tooMany: form.fault("passkey", text("passkey.too-many", call), id: "add-passkey")
                case .expired: form.fault("passkey", text("passkey.expired", call), id: "add-passkey")
                }
            } catch {
                switch error {
                case .passkey(let reason): form.fault("passkey", text(PasskeyPages.key(reason), call), id: "add-passkey")
                case .store(let failure): throw failure
                }
            }
            return try await passkeyPage(form, call)
        }
    }

    /// What authenticators call the person: nothing that says who she is, and the same for all her passkeys.
    func userHandle(_ subjectID: String) -> [UInt8] { store.vault.key(for: "identity.passkey-user").code(for: Array(subjectID.utf8)) }

    // MARK: App

    private func showAddApp(_ call: Call) async throws -> Reply {
        try await freshly(call, "\(Identity.path)/app") { try appPage(.random(), FilledForm(), call) }
    }

    private func appPage(_ app: AuthenticatorApp, _ form: FilledForm, _ call: Call) throws -> Reply {
        guard let code = QRCode(app.address(issuer: site.text("web.name", call), account: call.actor.name)) else { throw Problem.unavailable }
        var form = form
        (form["secret"], form["size"], form["path"]) = (app.typed, "\(code.size)", code.path)
        // What comes back is what was shown, in this session.
        form["sealed"] = Base64.encodeURL(
            try store.vault.seal(app.secret, scope: IdentityStore.scope, context: "identity.app:\(call.actor.sessionID)"))
        return try page("add-app", "app.title", form, back: Identity.path, call)
    }

    private func addApp(_ call: Call) async throws -> Reply {
        try await freshly(call, "\(Identity.path)/app") {
            let fields = try call.form()
            let context = "identity.app:\(call.actor.sessionID)"
            guard let sealed = fields["sealed"].flatMap({ $0.utf8.count <= 400 ? Base64.decodeURL($0) : nil }),
                let secret = try? store.vault.open(sealed, scope: IdentityStore.scope, context: context)
            else { return .seeOther(call.page("\(Identity.path)/app")) }
            let app = AuthenticatorApp(secret: secret)
            var form = FilledForm()
            guard let digits = OneTimeCode.read(fields["code"] ?? "") else {
                form.fault("code", text("code.missing", call))
                return try appPage(app, form, call)
            }
            switch try await add(app, showing: digits, for: call.actor) {
            case .added: return .seeOther("\(call.page(Identity.path))?added=1")
            case nil: form.fault("code", text("app.wrong", call))
            default: form.fault("code", text("app.known", call))
            }
            return try appPage(app, form, call)
        }
    }

    private func removeAuthenticator(_ call: Call) async throws -> Reply {
        try await freshly(call, Identity.path) {
            guard try await remove(authenticator: try call.id("authenticator"), of: call.actor) else { throw Problem.notFound }
            return .seeOther("\(call.page(Identity.path))?removed=1")
        }
    }
}

/// What browsers send of passkeys, and what is said when it is not believed.
enum PasskeyPages {
    static let bytesMax = 100_000

    static func read<Response>(_ field: String?, _ parse: (JSON) -> Response?) -> Response? {
        guard let field, field.utf8.count <= bytesMax, let json = try? JSON.parse(field) else { return nil }
        return parse(json)
    }

    static func key(_ error: PasskeyError) -> String {
        switch error {
        case .otherSite: "passkey.other-site"
        case .notVerified: "passkey.not-verified"
        case .malformed, .unsupported, .wrongSignature: "passkey.unusable"
        }
    }
}
