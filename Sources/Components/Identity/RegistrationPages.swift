import Database
import HTTPTypes
import Language
import Values
import Web

/// Registration: one thing per page, what was said kept for a day.
extension Identity {
    var registrationRoutes: [Route] {
        [
            .page(.get, "/register", for: .everyone, "identity.showRegister", "What registering takes", showRegister),
            .page(.post, "/register", for: .everyone, "identity.startRegistration", "Begin to register", rate: .guarded, startRegistration),
            .page(.post, "/register/anew", for: .everyone, "identity.restartRegistration", "Leave a registration and begin anew", beginAnew),
            .page(.get, "/register/number", for: .everyone, "identity.showRegisterNumber", "National number") { try await show(.number, $0) },
            .page(.post, "/register/number", for: .everyone, "identity.answerRegisterNumber", "Answer the national number", answerNumber),
            .page(.get, "/register/paper", for: .everyone, "identity.showRegisterPaper", "Passport or permit", showPaper),
            .page(.post, "/register/paper", for: .everyone, "identity.answerRegisterPaper", "Answer the passport or permit", answerPaper),
            .page(.get, "/register/birth", for: .everyone, "identity.showRegisterBirth", "Date of birth") { try await show(.birth, $0) },
            .page(.post, "/register/birth", for: .everyone, "identity.answerRegisterBirth", "Answer the date of birth") {
                try await answerDate(.birth, $0)
            },
            .page(.get, "/register/card", for: .everyone, "identity.showRegisterCard", "Issue date of the identity card") {
                try await show(.card, $0)
            },
            .page(.post, "/register/card", for: .everyone, "identity.answerRegisterCard", "Answer the issue date") {
                try await answerDate(.card, $0)
            },
            .page(.get, "/register/address", for: .everyone, "identity.showRegisterAddress", "Locality") { try await show(.address, $0) },
            .page(
                .post, "/register/address", for: .everyone, "identity.answerRegisterAddress", "Answer the locality and be checked",
                rate: .guarded, answerAddress),
            .page(.get, "/register/contact", for: .everyone, "identity.showRegisterContact", "E-mail and telephone") {
                try await show(.contact, $0)
            },
            .page(
                .post, "/register/contact", for: .everyone, "identity.answerRegisterContact", "Answer e-mail and telephone", rate: .guarded,
                answerContact),
            .page(.get, "/register/password", for: .everyone, "identity.showRegisterPassword", "Choose a password") {
                try await show(.password, $0)
            },
            .page(
                .post, "/register/password", for: .everyone, "identity.answerRegisterPassword", "Set the password", rate: .guarded,
                answerPassword),
            .page(.get, "/register/code", for: .everyone, "identity.showRegisterCode", "Code from the e-mail") { try await show(.code, $0) },
            .page(.post, "/register/code", for: .everyone, "identity.answerRegisterCode", "Finish with the code", rate: .guarded, answerCode),
            .page(
                .post, "/register/code/resend", for: .everyone, "identity.resendRegisterCode", "Send another code", rate: .guarded,
                resendRegisterCode),
        ]
    }

    /// Where a registration is under way in this browser, perhaps another person's, asks whether to go on; what it holds is not shown.
    private func showRegister(_ call: Call) async throws -> Reply {
        if call.actor.isSignedIn { return .seeOther(call.page("/me")) }
        let next = LocalPath.read(call.query["next"])
        guard let going = try await pendingRegistration(call) else {
            return try page("register", "register.title", FilledForm(["next": next]), call)
        }
        return try pendingPage(going.registration, next: next, call)
    }

    func pendingPage(_ registration: Registration, next: String?, _ call: Call) throws -> Reply {
        var form = FilledForm(["next": next, "goOn": call.page(registration.nextStep.path)])
        if registration.purpose == .recover { form["isRecovery"] = true }
        return try page("register-pending", "pending.title", form, call)
    }

    private func startPage(_ call: Call, next: String?) -> String {
        call.page("/register") + (next.map { "?next=\(PercentEncoding.encode($0))" } ?? "")
    }

    private func startRegistration(_ call: Call) async throws -> Reply {
        if call.actor.isSignedIn { return .seeOther(call.page("/me")) }
        return try await begin(.register, next: LocalPath.read(try call.form()["next"]), call)
    }

    func begin(_ purpose: Registration.Purpose, next: String?, _ call: Call) async throws -> Reply {
        if try await pendingRegistration(call) != nil {
            return .seeOther(purpose == .recover ? call.page("/recover") : startPage(call, next: next))
        }
        let (store, token, expiry) = (store, Token.make(), call.time.adding(seconds: Identity.registrationSeconds))
        let registration = Registration(id: UUIDv7.next(at: call.time), purpose: purpose, next: next)
        try await database.write { try store.save(registration, tokenHash: Session.hash(token), until: expiry, in: $0) }
        return Reply.seeOther(call.page(registration.nextStep.path))
            .settingCookie(Token.registrationCookie, token, maxAge: Int(Identity.registrationSeconds))
    }

    /// Deletes the registration of this browser, so that the next one begins with nothing.
    private func beginAnew(_ call: Call) async throws -> Reply {
        let next = LocalPath.read(try call.form()["next"])
        var start = startPage(call, next: next)
        if let pending = try await pendingRegistration(call) {
            if pending.registration.purpose == .recover { start = call.page("/recover") }
            let store = store
            try await database.write {
                try store.discard(registrationID: pending.registration.id, tokenHash: pending.tokenHash, in: $0)
            }
        }
        return Reply.seeOther(start).settingCookie(Token.registrationCookie, "", maxAge: 0)
    }

    func pendingRegistration(_ call: Call) async throws -> (registration: Registration, tokenHash: String)? {
        guard let hash = Token.hash(of: call.cookies[Token.registrationCookie]) else { return nil }
        let (store, time) = (store, clock.now())
        return try await database.read { try store.registration(tokenHash: hash, at: time, in: $0) }.map { ($0, hash) }
    }

    /// Runs the body on the registration that this browser is at, when it is at this step; otherwise leads to where it is.
    func at(
        _ step: Registration.Step, _ call: Call, _ body: (Registration, _ tokenHash: String) async throws -> Reply
    ) async throws -> Reply {
        guard let pending = try await pendingRegistration(call) else {
            guard call.cookies[Token.registrationCookie] != nil else { return .seeOther(call.page("/register")) }
            return try stopped(.registrationExpired, goOn: "/register", "register.again", call)
        }
        guard pending.registration.mayShow(step) else { return .seeOther(call.page(pending.registration.nextStep.path)) }
        do { return try await body(pending.registration, pending.tokenHash) } catch let error as IdentityError {
            return try stopped(error, in: step, call)
        }
    }

    private func stopped(_ error: IdentityError, in step: Registration.Step, _ call: Call) throws -> Reply {
        switch error {
        case .registersUnavailable, .busy, .tooManyAttempts: try stopped(error, goOn: step.path, "try-again", call)
        case .noMatch: try stopped(error, goOn: Registration.Step.number.path, "register.correct", call)
        default: try stopped(error, goOn: "/register", "register.again", call)
        }
    }

    /// Keeps an answer and goes on.
    func keep(_ registration: Registration, _ tokenHash: String, _ call: Call) async throws -> Reply {
        let (store, expiry) = (store, clock.now().adding(seconds: Identity.registrationSeconds))
        try await database.write { try store.save(registration, tokenHash: tokenHash, until: expiry, in: $0) }
        return .seeOther(call.page(registration.nextStep.path))
    }
}
