import HTTPTypes
import Language
import Values

/// A call is built in steps as more becomes known; each step answers a new value.
extension Call {
    init(_ incoming: Incoming, time: Instant, reference: String) {
        (method, path, parameters, query, headers, body) = (incoming.method, "/", [:], Fields(), incoming.headers, [])
        (language, actor, remoteAddress, self.time, self.reference) = (.standard, .anonymous, incoming.remoteAddress, time, reference)
        (formToken, newFormCookie, cookies, isPage, alternate, readForm) = ("", nil, [:], false, "", nil)
        clientCertificate = incoming.clientCertificate
    }

    private init(
        _ call: Call, path: String? = nil, parameters: [String: String]? = nil, query: Fields? = nil, body: [UInt8]? = nil, language: Language? = nil,
        actor: Actor? = nil, formToken: String? = nil, newFormCookie: String?, cookies: [String: String]? = nil, isPage: Bool? = nil,
        alternate: String? = nil, readForm: (fields: Fields, files: [UploadedFile])? = nil
    ) {
        (method, headers, remoteAddress, time, reference) = (call.method, call.headers, call.remoteAddress, call.time, call.reference)
        clientCertificate = call.clientCertificate
        self.path = path ?? call.path
        self.parameters = parameters ?? call.parameters
        self.query = query ?? call.query
        self.body = body ?? call.body
        self.language = language ?? call.language
        self.actor = actor ?? call.actor
        self.formToken = formToken ?? call.formToken
        self.newFormCookie = newFormCookie
        self.cookies = cookies ?? call.cookies
        self.isPage = isPage ?? call.isPage
        self.alternate = alternate ?? call.alternate
        self.readForm = readForm ?? call.readForm
    }

    func with(path: String, parameters: [String: String], language: Language, isPage: Bool) -> Call {
        let prefix = "/\(language.rawValue)"
        let bare = isPage && (path == prefix || path.hasPrefix(prefix + "/")) ? String(path.dropFirst(prefix.count)) : path
        return Call(
            self, path: bare.isEmpty ? "/" : bare, parameters: parameters, language: language, newFormCookie: newFormCookie, isPage: isPage)
    }

    func with(query: Fields) -> Call { Call(self, query: query, newFormCookie: newFormCookie) }
    func with(alternate: String) -> Call { Call(self, newFormCookie: newFormCookie, alternate: alternate) }
    func with(body: [UInt8]) -> Call { Call(self, body: body, newFormCookie: newFormCookie) }
    /// The body is taken apart once; with files in it, it is large.
    func readingForm() throws(Problem) -> Call {
        let form = try formWithFiles()
        return Call(self, body: [], newFormCookie: newFormCookie, readForm: form)
    }

    func with(actor: Actor, cookies: [String: String], formToken: String, newFormCookie: String?) -> Call {
        Call(self, actor: actor, formToken: formToken, newFormCookie: newFormCookie, cookies: cookies)
    }

    /// The host the request was sent to.
    var authority: String? { headers[HTTPField.Name("Host")!] }
}
