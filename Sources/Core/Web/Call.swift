public import HTTPTypes
public import Language
public import Values

/// One request being answered: decoded, and with who is asking. Handlers get nothing else.
public struct Call: Sendable {
    public let method: HTTPRequest.Method
    /// The path without the language prefix, such as `/services/passport`.
    public let path: String
    public let parameters: [String: String]
    public let query: Fields
    public let headers: HTTPFields
    public let body: [UInt8]
    public let language: Language
    public let actor: Actor
    public let remoteAddress: String
    /// The client's certificate from the TLS handshake, as DER. That the client has its key is sure; whose it is, the handler checks.
    public let clientCertificate: [UInt8]?
    public let time: Instant
    /// For log lines and error pages.
    public let reference: String
    /// What a form on this page must send back as `_csrf`.
    public let formToken: String
    /// The cookie the token hangs on when nobody is signed in; nil when the browser has it already.
    let newFormCookie: String?
    public let cookies: [String: String]
    let isPage: Bool
    /// Where this page is in other languages: its address without the language, with its query.
    let alternate: String
    /// The form that was sent, once it has been read.
    let readForm: (fields: Fields, files: [UploadedFile])?

    /// A path parameter. The table promises it is there.
    public func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// A path parameter that is a UUID, or `not-found`.
    public func id(_ name: String) throws(Problem) -> String {
        guard let text = parameters[name], UUIDv7.isWellFormed(text) else { throw .notFound }
        return text.lowercased()
    }

    /// The fields of the form that was sent.
    public func form() throws(Problem) -> Fields { try formWithFiles().fields }

    public func formWithFiles() throws(Problem) -> (fields: Fields, files: [UploadedFile]) {
        if let readForm { return readForm }
        let type = headers[.contentType] ?? ""
        let media = type.split(separator: ";").first.map { trim(String($0)).lowercased() } ?? ""
        switch media {
        case "application/x-www-form-urlencoded": return (try Fields.parse(urlEncoded: body), [])
        case "multipart/form-data":
            let parts = try Multipart.parse(body, boundary: HeaderParameters.value("boundary", in: type) ?? "")
            return (parts.fields, parts.files)
        case "" where body.isEmpty: return (Fields(), [])
        default: throw Problem(415, "web.unreadable-request", ["reason": "content type"])
        }
    }

    public func json() throws(Problem) -> JSON {
        let value: JSON
        do { value = try JSON.parse(body) } catch { throw .unreadableRequest(error.description) }
        guard value.isReadable else { throw .unreadableText }
        return value
    }

    /// The path of one of our pages in this call's language.
    public func page(_ path: String) -> String { "/\(language.rawValue)\(path)" }
}
