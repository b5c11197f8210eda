import Authenticators
import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// Signing in and out.
extension Identity {
    var signInRoutes: [Route] {
        [
            .page(.get, "/sign-in", for: .everyone, "identity.showSignIn", "Sign in with number and password", showSignIn),
            .page(.post, "/sign-in", for: .everyone, "identity.signIn", "Check number and password", rate: .guarded, signIn),
            .page(.post, "/sign-in/passkey", for: .everyone, "identity.signInByPasskey", "Sign in by passkey", rate: .guarded, signInByPasskey),
            .page(.get, "/sign-in/code", for: .everyone, "identity.showSignInCode", "Code from the e-mail", showSignInCode),
            .page(.post, "/sign-in/code", for: .everyone, "identity.finishSignIn", "Check the code", rate: .guarded, finishSignIn),
            .page(.post, "/sign-in/code/resend", for: .everyone, "identity.resendSignInCode", "Send another code", rate: .guarded, resendSignInCode),
            .page(.post, "/sign-out", for: .everyone, "identity.signOut", "Sign out on this device", signOut),
            .page(.get, "/signed-out", for: .everyone, "identity.showSignedOut", "After signing out", showSignedOut),
        ]
    }

    private func showSignIn(_ call: Call) async throws -> Reply {
        let next = LocalPath.read(call.query["next"])
        // Whoever must prove anew who she is does so in place of the session she has.
        if call.actor.isSignedIn, call.query["again"] == nil { return .seeOther(call.page(next ?? "/me")) }
        return try await signInPage(
            FilledForm(["next": next, "level": call.query["level"] == "3" ? "3" : nil, "paper": call.query["paper"] == nil ? nil : "1"]), call)
    }

    /// - Parameter form: with `level` 3 only a passkey will do.
    private func signInPage(_ form: FilledForm, _ call: Call) async throws -> Reply {
        var form = form
        if let party {
            let options: JSON = [
                "rpId": .string(party.id), "challenge": .string(Base64.encodeURL(challenges.make(.signIn, at: clock.now()))), "allowCredentials": [],
                "timeout": .int(PasskeyChallenges.lifeSeconds * 1_000), "userVerification": "required",
            ]
            form["options"] = options.text
        }
        form["paperHref"] = call.page("/sign-in") + "?paper=1" + ((form["next"] as? String).map { "&next=\(PercentEncoding.encode($0))" } ?? "")
        guard form["level"] != nil else { return try page("sign-in", "sign-in.title", form, call) }
        let (store, actor) = (store, call.actor)
        if let next = form["next"] as? String, next.hasPrefix("/openid/continue?") { form["decline"] = call.page("\(next)&declined=1") }
        if actor.isSignedIn {
            let known = try await database.read { try store.authenticators(of: actor.id, in: $0) }
            if !known.contains(where: { $0.key.kind == "passkey" }) { form["hasNone"] = true }
        }
        return try page("sign-in-passkey", "sign-in.level.title", form, call)
    }

    private func signInByPasskey(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let next = LocalPath.read(fields["next"])
        var form = FilledForm(["next": next, "level": fields["level"] == "3" ? "3" : nil])
        guard let assertion = PasskeyPages.read(fields["credential"], { try? PasskeyAssertion($0) }) else {
            form.fault("passkey", text("sign-in.passkey-none", call), id: "passkey-form")
            return try await signInPage(form, call)
        }
        switch try await signIn(by: assertion, next: next, browser: Browser(call)) {
        case .signedIn(let opened): return try enter(opened, call, leaving: Token.signInCookie)
        case .unknown: form.fault("passkey", text("sign-in.passkey-unknown", call), id: "passkey-form")
        case .expired: form.fault("passkey", text("passkey.expired", call), id: "passkey-form")
        case .copied: form.fault("passkey", text("sign-in.passkey-copied", call), id: "passkey-form")
        case .wrong(let reason): form.fault("passkey", text(PasskeyPages.key(reason), call), id: "passkey-form")
        }
        return try await signInPage(form, call)
    }

    private func signIn(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let (typed, password) = (fields.trimmed("number") ?? "", fields["password"] ?? "")
        let next = LocalPath.read(fields["next"])
        var form = FilledForm(["next": next, "number": String(typed.prefix(40))])
        // The check digit is arithmetic that anybody can do: saying that it is wrong tells nothing about people.
        let number = IdentityNumber.read(typed)
        let isPaper = fields["paper"] == "1"
        if isPaper { form["paper"] = true }
        if number == nil { form.fault("number", text(typed.isEmpty ? "number.missing" : isPaper ? "paper.wrong" : "number.wrong", call)) }
        if password.isEmpty { form.fault("password", text("sign-in.password-missing", call)) }
        guard let number, !form.isWrong else { return try await signInPage(form, call) }
        do {
            let token = try await begin(number: number, password: password, next: next, browser: Browser(call), language: call.language)
            guard let token else {
                form.fault("credentials", text("sign-in.wrong", call), id: "number")
                return try await signInPage(form, call)
            }
            return Reply.seeOther(call.page("/sign-in/code"))
                .settingCookie(Token.signInCookie, token, maxAge: Int(Identity.signInSeconds))
        } catch let error as IdentityError {
            return try stopped(error, goOn: "/sign-in", "try-again", call)
        }
    }

    /// Runs the body on the sign-in this browser is at.
    private func atCode(_ call: Call, _ body: (PendingSignIn) async throws -> Reply) async throws -> Reply {
        guard let hash = Token.hash(of: call.cookies[Token.signInCookie]) else { return .seeOther(call.page("/sign-in")) }
        let (store, time) = (store, clock.now())
        guard let pending = try await database.read({ try store.signIn(tokenHash: hash, at: time, in: $0) }) else {
            return try stopped(.signInExpired, goOn: "/sign-in", "sign-in.again", call)
        }
        do { return try await body(pending) } catch let error as IdentityError {
            return try stopped(error, goOn: "/sign-in", "sign-in.again", call)
        }
    }

    private func codePage(_ form: FilledForm, _ pending: PendingSignIn, _ call: Call) async throws -> Reply {
        let store = store
        let (person, isSent, hasApp) = try await database.read { connection in
            (
                try store.person(pending.subjectID, in: connection), try store.isSent(to: pending.id, in: connection),
                try store.app(of: pending.subjectID, in: connection) != nil
            )
        }
        let email = ContactDetails.masked(person?.email ?? "")
        var form = form
        if isSent { form["sentTo"] = text("sign-in-code.sent", call, ["email": email]) }
        if hasApp { form["hasApp"] = true }
        // Whoever is signed in came here to prove it anew.
        let back = "/sign-in?again=1" + (pending.next.map { "&next=\(PercentEncoding.encode($0))" } ?? "")
        return try page("sign-in-code", hasApp ? "app-code.title" : "code.title", form, back: back, call)
    }

    private func showSignInCode(_ call: Call) async throws -> Reply {
        try await atCode(call) { try await codePage(FilledForm(), $0, call) }
    }

    private func finishSignIn(_ call: Call) async throws -> Reply {
        try await atCode(call) { pending in
            var form = FilledForm()
            guard let digits = OneTimeCode.read(try call.form()["code"] ?? "") else {
                form.fault("code", text("code.missing", call))
                return try await codePage(form, pending, call)
            }
            switch try await finish(pending, code: digits, browser: Browser(call)) {
            case .signedIn(let opened): return try enter(opened, call, leaving: Token.signInCookie)
            case .wait(let seconds): throw IdentityError.tooManyCodes(seconds: seconds)
            case .recovering, .code(.void), .code(.right):
                return try stopped(.codeVoid, goOn: "/sign-in", "sign-in.again", call).settingCookie(Token.signInCookie, "", maxAge: 0)
            case .code(let outcome):
                if let text = fault(outcome, call) { form.fault("code", text) }
                return try await codePage(form, pending, call)
            }
        }
    }

    private func resendSignInCode(_ call: Call) async throws -> Reply {
        try await atCode(call) { pending in
            try await resendCode(for: pending, browser: Browser(call), language: call.language)
            return .seeOther(call.page("/sign-in/code"))
        }
    }

    private func signOut(_ call: Call) async throws -> Reply {
        if call.actor.isSignedIn, let hash = Token.hash(of: call.cookies[Dispatcher.sessionCookie]) {
            let (store, signIns, actor, time) = (store, ownSignIns, call.actor, clock.now())
            try await database.write { connection in
                guard try store.delete(tokenHash: hash, in: connection) else { return }
                try signIns.ended(actor, at: time, in: connection)
            }
        }
        return Reply.seeOther(call.page("/signed-out")).settingCookie(Dispatcher.sessionCookie, "", maxAge: 0)
    }

    private func showSignedOut(_ call: Call) async throws -> Reply {
        if call.actor.isSignedIn { return .seeOther(call.page("/me")) }
        return try page("signed-out", "signed-out.title", FilledForm(), call)
    }
}
