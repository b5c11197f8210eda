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
        return try page("sign-in", "sign-in.title", FilledForm(["next": next]), call)
    }

    private func signIn(_ call: Call) async throws -> Reply {
        let fields = try call.form()
        let (typed, password) = (fields.trimmed("number") ?? "", fields["password"] ?? "")
        let next = LocalPath.read(fields["next"])
        var form = FilledForm(["next": next, "number": String(typed.prefix(40))])
        // The check digit is arithmetic that anybody can do: saying that it is wrong tells nothing about people.
        let number = NationalNumber(typed)
        if number == nil { form.fault("number", text(typed.isEmpty ? "number.missing" : "number.wrong", call)) }
        if password.isEmpty { form.fault("password", text("sign-in.password-missing", call)) }
        guard let number, !form.isWrong else { return try page("sign-in", "sign-in.title", form, call) }
        do {
            let token = try await begin(number: number, password: password, next: next, browser: Browser(call), language: call.language)
            guard let token else {
                form.fault("credentials", text("sign-in.wrong", call), id: "number")
                return try page("sign-in", "sign-in.title", form, call)
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
        let person = try await database.read { try store.person(pending.subjectID, in: $0) }
        var form = form
        form["sentTo"] = text("sign-in-code.sent", call, ["email": ContactDetails.masked(person?.email ?? "")])
        return try page("sign-in-code", "code.title", form, back: "/sign-in", call)
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
            case .code(.void), .code(.right):
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
