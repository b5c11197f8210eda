public import HTTPTypes
public import Values

/// What goes back. Security headers are added to all of them in one place.
public struct Reply: Sendable {
    public var status: Int
    public var headers: HTTPFields
    public var body: [UInt8]
    /// True for a page that asked for a form token, so that the cookie behind the token is set.
    var carriesForm = false

    public init(status: Int = 200, headers: HTTPFields = [:], body: [UInt8] = []) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    public static func json(_ value: JSON, status: Int = 200) -> Reply {
        Reply(status: status, headers: [.contentType: "application/json"], body: value.bytes)
    }

    public static func html(_ text: String, status: Int = 200) -> Reply {
        Reply(status: status, headers: [.contentType: "text/html; charset=utf-8"], body: Array(text.utf8))
    }

    public static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Reply {
        Reply(headers: [.contentType: type], body: Array(text.utf8))
    }

    /// After a form was accepted: the browser gets the next page with GET, so that reloading repeats nothing (RFC 9110 15.4.4).
    public static func seeOther(_ path: String) -> Reply { Reply(status: 303, headers: [.location: path]) }

    public static func noContent() -> Reply { Reply(status: 204) }

    /// A file to save. The name is given in both forms of RFC 6266, so that Hebrew survives.
    public static func file(_ bytes: [UInt8], type: String, name: String) -> Reply {
        let plain = String(name.unicodeScalars.map { $0.isASCII && $0 != "\"" && $0 != "\\" && $0.value >= 0x20 ? Character($0) : "_" })
        var reply = Reply(headers: [.contentType: type], body: bytes)
        reply.headers[.contentDisposition] = "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(PercentEncoding.encode(name))"
        return reply
    }

    public mutating func setCookie(_ name: String, _ value: String, maxAge: Int? = nil) {
        let age = maxAge.map { "; Max-Age=\($0)" } ?? ""
        headers.append(HTTPField(name: .setCookie, value: "\(name)=\(value); Path=/; Secure; HttpOnly; SameSite=Lax\(age)"))
    }

    public func settingCookie(_ name: String, _ value: String, maxAge: Int? = nil) -> Reply {
        var reply = self
        reply.setCookie(name, value, maxAge: maxAge)
        return reply
    }
}
