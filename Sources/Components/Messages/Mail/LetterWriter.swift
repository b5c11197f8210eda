import Language
import Values
import Web

/// Puts the words of a message into an e-mail.
struct LetterWriter: Sendable {
    let site: Site
    let sender: MailAddress
    /// Without a slash at the end.
    let publicURL: String

    /// - Parameters:
    ///   - senderName: the body's name; nil for the platform itself.
    ///   - link: without the language prefix.
    ///   - id: letters, digits and hyphens.
    func letter(
        _ words: MessageWords, to address: MailAddress, in language: Language, senderName: String?, link: String?, id: String,
        at time: Instant
    ) throws -> Letter {
        let name = senderName ?? site.catalogue.text("web.name", in: language)
        let href = link.map { "\(publicURL)/\(language.rawValue)\($0)" }
        var data: [String: Any] = [
            "lang": language.rawValue, "dir": language.direction, "align": language.isRightToLeft ? "right" : "left",
            "subject": words.subject,
            "paragraphs": words.paragraphs, "sender": name,
        ]
        if let href { data["href"] = href }
        return Letter(
            from: sender, fromName: name, to: address, subject: words.subject, text: text(words, href, language),
            html: try site.fragment("messages/mail", data, language: language), language: language, id: id, date: time)
    }

    private func text(_ words: MessageWords, _ href: String?, _ language: Language) -> String {
        var paragraphs = words.paragraphs
        if let href { paragraphs.append("\(site.catalogue.text("messages.mail.open", in: language))\r\n\(href)") }
        paragraphs.append("-- \r\n\(site.catalogue.text("messages.mail.footer", in: language))")
        return paragraphs.joined(separator: "\r\n\r\n") + "\r\n"
    }
}
