import Contracts
import HTTPTypes
import Language
import Values
import Web

/// The single pages of a registration: what each asks and how its answer is read.
extension Identity {
    func show(_ step: Registration.Step, _ call: Call) async throws -> Reply {
        try await at(step, call) { registration, _ in
            var form = FilledForm()
            switch step {
            case .number: form = FilledForm(["number": registration.number?.kind == .national ? registration.number?.value : nil])
            case .birth: form = DateFields(registration.birthDate).form
            case .card: form = DateFields(registration.cardIssueDate).form
            case .address: form = FilledForm(["locality": registration.localityCode.flatMap { localities.name(of: $0, in: call.language) }])
            case .contact: form = FilledForm(["email": registration.email, "phone": registration.phone])
            case .password, .code: break
            }
            return try page(step, form, registration, call)
        }
    }

    private func page(_ step: Registration.Step, _ form: FilledForm, _ registration: Registration, _ call: Call) throws -> Reply {
        var form = form
        form["progress"] = text("register.progress", call, ["part": "\((Registration.Step.allCases.firstIndex(of: step) ?? 0) + 1)"])
        form["next"] = registration.next
        switch registration.purpose {
        case .register: break
        case .recover: form["isRecovery"] = true
        case .registerInstead: form["isNew"] = true
        }
        form["part"] = "\((Registration.Step.allCases.firstIndex(of: step) ?? 0) + 1)"
        let back = registration.step(before: step)?.path ?? (step == .number ? "/register" : nil)
        switch step {
        case .birth, .card:
            let kind = registration.number?.kind ?? .national
            let key = step == .card && kind != .national ? "card.\(kind.rawValue)" : step.rawValue
            form["question"] = text("\(key).title", call)
            form["hint"] = text(step == .birth && kind != .national ? "birth.paper-hint" : "\(key).hint", call)
            form["action"] = call.page(step.path)
            return try page("register-date", "\(key).title", form, back: back, call)
        case .address:
            form["names"] = localities.names[call.language] ?? []
        case .code:
            let key = registration.purpose == .recover ? "recover.sent" : "register-code.sent"
            form["sentTo"] = text(key, call, ["email": registration.email ?? ""])
        default: break
        }
        let title = registration.purpose == .recover && step == .contact ? "recover.contact-title" : "\(step.rawValue).title"
        return try page("register-\(step.rawValue)", title, form, back: back, call)
    }

    func answerNumber(_ call: Call) async throws -> Reply {
        try await at(.number, call) { registration, hash in
            let typed = try call.form().trimmed("number") ?? ""
            guard let number = NationalNumber(typed) else {
                var form = FilledForm(["number": String(typed.prefix(40))])
                form.fault("number", text(typed.isEmpty ? "number.missing" : "number.wrong", call))
                return try page(.number, form, registration, call)
            }
            var changed = registration
            changed.take(.national(number))
            return try await keep(changed, hash, call)
        }
    }

    /// The first step of whoever has no national number.
    func showPaper(_ call: Call) async throws -> Reply {
        try await at(.number, call) { registration, _ in
            var form = FilledForm()
            if let number = registration.number, number.kind != .national {
                form["kind"] = number.kind.rawValue
                let parts = number.value.split(separator: "-", maxSplits: 1).map(String.init)
                (form["country"], form["paperNumber"]) = (number.kind == .passport ? parts.first : nil, parts.last)
            }
            return try paperPage(form, registration, call)
        }
    }

    private func paperPage(_ form: FilledForm, _ registration: Registration, _ call: Call) throws -> Reply {
        var form = form
        let chosen = form["country"] as? String
        form["countries"] = Countries.all(in: call.language).map { ["code": $0.code, "name": $0.name, "isChosen": $0.code == chosen] as [String: Any] }
        form["kinds"] = [IdentityNumber.Kind.passport, .permit].map { kind -> [String: Any] in
            ["value": kind.rawValue, "name": text("paper.\(kind.rawValue).name", call), "isChosen": form["kind"] as? String == kind.rawValue]
        }
        form["progress"] = text("register.progress", call, ["part": "1"])
        form["next"] = registration.next
        if registration.purpose == .recover { form["isRecovery"] = true }
        return try page("register-paper", "paper.title", form, back: Registration.Step.number.path, call)
    }

    func answerPaper(_ call: Call) async throws -> Reply {
        try await at(.number, call) { registration, hash in
            let fields = try call.form()
            let (kind, country, typed) = (fields["kind"] ?? "", fields["country"] ?? "", fields.trimmed("number") ?? "")
            var form = FilledForm(["kind": kind, "country": country, "paperNumber": String(typed.prefix(40))])
            if kind != "passport", kind != "permit" { form.fault("kind", text("paper.kind-missing", call), id: "kind-passport") }
            if kind == "passport", !Countries.codes.contains(country) { form.fault("country", text("paper.country-missing", call)) }
            let number = kind == "passport" ? IdentityNumber.passport(country: country, number: typed) : IdentityNumber.permit(typed)
            if number == nil { form.fault("number", text(typed.isEmpty ? "paper.missing" : "paper.wrong", call)) }
            guard let number, !form.isWrong else { return try paperPage(form, registration, call) }
            var changed = registration
            changed.take(number)
            return try await keep(changed, hash, call)
        }
    }

    /// Both dates are of the past, and nobody is older than 130.
    func answerDate(_ step: Registration.Step, _ call: Call) async throws -> Reply {
        try await at(step, call) { registration, hash in
            let typed = DateFields(try call.form())
            let today = IsraelTime.date(call.time)
            guard let date = typed.date, date <= today, date.age(on: today) <= 130 else {
                var form = typed.form
                form.fault("date", text(typed.date == nil ? "date.wrong" : "date.impossible", call), id: "day")
                return try page(step, form, registration, call)
            }
            var changed = registration
            if step == .birth { changed.birthDate = date } else { changed.cardIssueDate = date }
            return try await keep(changed, hash, call)
        }
    }

    func answerAddress(_ call: Call) async throws -> Reply {
        try await at(.address, call) { registration, hash in
            guard registration.nextStep == .address else { return .seeOther(call.page(registration.nextStep.path)) }
            let typed = try call.form().trimmed("locality") ?? ""
            guard let code = localities.code(typed) else {
                var form = FilledForm(["locality": String(typed.prefix(100))])
                let near = localities.suggestions(typed, in: call.language)
                if !near.isEmpty { form["suggestions"] = near }
                form.fault("locality", text(typed.isEmpty ? "address.missing" : "address.unknown", call))
                return try page(.address, form, registration, call)
            }
            var changed = registration
            changed.localityCode = code
            let proven = try await prove(changed, tokenHash: hash, from: call.remoteAddress)
            return .seeOther(call.page(proven.nextStep.path))
        }
    }

    func answerContact(_ call: Call) async throws -> Reply {
        try await at(.contact, call) { registration, hash in
            let fields = try call.form()
            let (email, phone) = (fields.trimmed("email") ?? "", fields.trimmed("phone") ?? "")
            var form = FilledForm(["email": String(email.prefix(254)), "phone": String(phone.prefix(40))])
            var changed = registration
            changed.email = ContactDetails.email(email)
            let isRecovery = registration.purpose == .recover
            changed.phone = isRecovery ? nil : ContactDetails.phone(phone)
            if changed.email == nil { form.fault("email", text(email.isEmpty ? "contact.email-missing" : "contact.email-wrong", call)) }
            if changed.phone == nil, !isRecovery { form.fault("phone", text(phone.isEmpty ? "contact.phone-missing" : "contact.phone-wrong", call)) }
            if form.isWrong { return try page(.contact, form, registration, call) }
            guard changed.passwordHash != nil, changed.email != registration.email else { return try await keep(changed, hash, call) }
            // A code was on its way to the former address: it must not confirm the new one.
            try await sendCode(for: changed, tokenHash: hash, language: call.language)
            return .seeOther(call.page(changed.nextStep.path))
        }
    }

    func answerPassword(_ call: Call) async throws -> Reply {
        try await at(.password, call) { registration, hash in
            let password = try call.form()["password"] ?? ""
            if let fault = passwordRules.fault(in: password, personal: registration.personal) {
                var form = FilledForm()
                form.fault("password", text("password.\(fault.rawValue)", call))
                return try page(.password, form, registration, call)
            }
            var changed = registration
            changed.passwordHash = try await self.hash(password)
            try await sendCode(for: changed, tokenHash: hash, language: call.language)
            return .seeOther(call.page(changed.nextStep.path))
        }
    }

    func answerCode(_ call: Call) async throws -> Reply {
        try await at(.code, call) { registration, hash in
            var form = FilledForm()
            guard let digits = OneTimeCode.read(try call.form()["code"] ?? "") else {
                form.fault("code", text("code.missing", call))
                return try page(.code, form, registration, call)
            }
            let finish = registration.purpose == .recover
                ? try await recover(registration, tokenHash: hash, code: digits)
                : try await finish(registration, tokenHash: hash, code: digits, browser: Browser(call), language: call.language)
            switch finish {
            case .signedIn(let opened): return try enter(opened, call, leaving: Token.registrationCookie)
            case .recovering(let due, let isAnother): return try recoveringPage(until: due, isAnother: isAnother, call)
            case .wait(let seconds): throw IdentityError.tooManyCodes(seconds: seconds)
            case .code(let outcome):
                form.fault("code", fault(outcome, call) ?? text("code.void", call))
                return try page(.code, form, registration, call)
            }
        }
    }

    func resendRegisterCode(_ call: Call) async throws -> Reply {
        try await at(.code, call) { registration, hash in
            try await sendCode(for: registration, tokenHash: hash, language: call.language)
            return .seeOther(call.page(Registration.Step.code.path))
        }
    }
}
