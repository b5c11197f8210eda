import Foundation

/// Where mail is handed in, as the setting `ZAMIN_SMTP_URL` says it: `smtp://host:port`, `smtps://user:password@host:port`.
///
/// - `smtps` speaks TLS from the first byte (RFC 8314) and checks the server's certificate.
/// - `smtp` with a user insists on STARTTLS with a checked certificate: a password never goes in the clear.
/// - `smtp` without a user encrypts when the server offers it, whoever it is (RFC 7435): for a relay on this machine or in its own network.
struct SMTPServer: Sendable, Hashable {
    let url: String
    let user: String?
    let password: String?
    let isEncryptedFromStart: Bool

    init(_ text: String) throws(MessagesError) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, ["smtp", "smtps"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil
        else { throw .malformedSMTPURL }
        isEncryptedFromStart = scheme == "smtps"
        let port = parts.port ?? (isEncryptedFromStart ? 465 : parts.user == nil ? 25 : 587)
        guard (1...65_535).contains(port) else { throw .malformedSMTPURL }
        url = "\(scheme)://\(host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host):\(port)"
        (user, password) = (parts.user, parts.password)
    }

    var insistsOnTLS: Bool { isEncryptedFromStart || user != nil }
}
