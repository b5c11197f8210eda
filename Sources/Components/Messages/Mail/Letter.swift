import Language
import Values

/// One e-mail, complete.
public struct Letter: Sendable {
    let from: MailAddress
    let fromName: String
    let to: MailAddress
    let subject: String
    let text: String
    let html: String
    let language: Language
    /// Unique, and the same at every try, so that a mail program shows a letter once that a lost worker sent twice.
    let id: String
    let date: Instant

    /// RFC 5322 with MIME (RFC 2045, 2046): text and HTML as alternatives, both UTF-8 in base64. RFC 3834 says that a machine wrote it.
    /// There is no List-Unsubscribe: nobody can be unsubscribed from the state's answers to her own requests.
    var bytes: [UInt8] {
        let boundary = "=_zamin_\(id)"
        let head = [
            "Date: \(MailHeader.date(date))", "From: \(MailHeader.mailbox(fromName, from))", "To: <\(to)>",
            "Subject: \(MailHeader.text(subject))", "Message-ID: <\(id)@\(from.domain)>", "MIME-Version: 1.0",
            "Content-Language: \(language.rawValue)", "Auto-Submitted: auto-generated",
            "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"",
        ]
        let parts = [("text/plain", text), ("text/html", html)].map { type, content in
            "--\(boundary)\r\nContent-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + "\(Letter.folded(content))\r\n"
        }
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n" + parts.joined() + "--\(boundary)--\r\n").utf8)
    }

    /// Base64 in lines of 76 characters (RFC 2045 section 6.8).
    private static func folded(_ content: String) -> String {
        let encoded = Array(Base64.encode(Array(content.utf8)).utf8)
        return stride(from: 0, to: encoded.count, by: 76).map { start in
            String(decoding: encoded[start..<min(start + 76, encoded.count)], as: UTF8.self)
        }.joined(separator: "\r\n")
    }
}
