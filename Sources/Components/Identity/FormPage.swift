import HTTPTypes
import Language
import Values
import Web

/// What a form shows again: what was typed, and what is wrong with it.
struct FilledForm {
    private var data: [String: Any] = [:]
    private var errors: [[String: String]] = []

    var isWrong: Bool { !errors.isEmpty }

    init(_ values: KeyValuePairs<String, String?> = [:]) {
        for (name, value) in values { if let value, !value.isEmpty { data[name] = value } }
    }

    subscript(name: String) -> Any? {
        get { data[name] }
        set { data[name] = newValue }
    }

    /// Says what is wrong with a field: beside it, and in the summary with a link to the element of this id.
    mutating func fault(_ field: String, _ text: String, id: String? = nil) {
        guard data["\(field)Error"] == nil else { return }
        data["\(field)Error"] = text
        errors.append(["href": "#\(id ?? field)", "text": text])
    }

    var pageData: [String: Any] {
        var all = data
        if isWrong { all["errors"] = errors }
        return all
    }
}

extension Identity {
    func text(_ key: String, _ call: Call, _ values: [String: String] = [:]) -> String { site.text("identity.\(key)", call, values) }

    /// A page with a form: status 422 when something in it is wrong.
    func page(_ template: String, _ titleKey: String, _ form: FilledForm, back: String? = nil, _ call: Call) throws -> Reply {
        let heading = Site.Heading(text(titleKey, call), back: back.map(call.page), isError: form.isWrong)
        return try site.page("identity/\(template)", heading, form.pageData, for: call, status: form.isWrong ? 422 : 200)
    }

    /// Says why it does not go on here, and where it does.
    func stopped(_ error: IdentityError, goOn path: String, _ actionKey: String, _ call: Call) throws -> Reply {
        let problem = error.problem
        func text(_ part: String) -> String { site.text("\(problem.textKey).\(part)", call, problem.arguments) }
        let data: [String: Any] = [
            "title": text("title"), "detail": text("detail"), "nextStep": text("next"), "href": call.page(path),
            "action": self.text(actionKey, call), "code": problem.code,
        ]
        var reply = try site.page("identity/stopped", Site.Heading(text("title"), isError: true), data, for: call, status: problem.status)
        if let seconds = problem.retryAfter { reply.headers[.retryAfter] = "\(seconds)" }
        return reply
    }

    /// The cookies of a new session, on the way to the next page.
    func enter(_ opened: OpenedSession, _ call: Call, leaving cookie: String) throws -> Reply {
        let isForDesk = opened.next?.hasPrefix("/desk") ?? true
        let path = opened.session.holdsOffice && isForDesk ? "/capacity" : opened.next ?? "/me"
        // From there it may go on to another site.
        let leavesSite = path.hasPrefix("/openid/")
        var reply = leavesSite ? try site.onward(to: call.page(path), call) : Reply.seeOther(call.page(path))
        reply.setCookie(Dispatcher.sessionCookie, opened.secrets.token)
        reply.setCookie(Token.deviceCookie, opened.secrets.deviceToken, maxAge: Token.deviceSeconds)
        reply.setCookie(cookie, "", maxAge: 0)
        return reply
    }

    /// What is wrong with a code; nil when it was right.
    func fault(_ outcome: OneTimeCode.Outcome, _ call: Call) -> String? {
        switch outcome {
        case .right: nil
        case .wrong(let left): site.catalogue.text("identity.code.wrong", count: left, in: call.language)
        case .void: text("code.void", call)
        case .expired: text("code.expired", call)
        }
    }
}

/// A date in three fields, in the order day, month, year.
struct DateFields {
    let day: String
    let month: String
    let year: String

    init(_ fields: Fields) {
        (day, month, year) = (fields.trimmed("day") ?? "", fields.trimmed("month") ?? "", fields.trimmed("year") ?? "")
    }

    init(_ date: CalendarDate?) {
        (day, month, year) = (date.map { "\($0.day)" } ?? "", date.map { "\($0.month)" } ?? "", date.map { "\($0.year)" } ?? "")
    }

    var date: CalendarDate? {
        guard let day = DateFields.number(day), let month = DateFields.number(month), let year = DateFields.number(year) else { return nil }
        return CalendarDate(year: year, month: month, day: day)
    }

    var form: FilledForm { FilledForm(["day": String(day.prefix(4)), "month": String(month.prefix(4)), "year": String(year.prefix(6))]) }

    private static func number(_ text: String) -> Int? {
        guard (1...4).contains(text.count) else { return nil }
        var value = 0
        for character in text {
            guard let digit = character.wholeNumberValue, (0...9).contains(digit) else { return nil }
            value = value * 10 + digit
        }
        return value
    }
}
