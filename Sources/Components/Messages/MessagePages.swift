import Contracts
import Database
import HTTPTypes
import Language
import Values
public import Web

/// The mailbox in the personal zone.
extension Messages {
    public var routes: [Route] {
        [
            .page(.get, "/me/messages", for: .person(.substantial), "messages.list", "My messages", showInbox),
            .page(.get, "/me/messages/{message}", for: .person(.substantial), "messages.show", "One of my messages", showMessage),
        ]
    }

    private static let pageSize = 50

    private func showInbox(_ call: Call) async throws -> Reply {
        let before = call.query["before"].flatMap { UUIDv7.isWellFormed($0) ? $0.lowercased() : nil }
        let (store, subject) = (store, call.actor.id)
        let (found, unread) = try await database.read { connection in
            (
                try store.list(of: subject, before: before, limit: Messages.pageSize + 1, in: connection),
                try store.unreadCount(of: subject, in: connection)
            )
        }
        let shown = found.prefix(Messages.pageSize)
        var data: [String: Any] = ["messages": shown.map { row($0, call) }, "isEmpty": shown.isEmpty]
        if unread > 0 { data["unreadText"] = site.catalogue.text("messages.inbox.unread", count: unread, in: call.language) }
        if found.count > shown.count, let last = shown.last { data["next"] = "\(call.page("/me/messages"))?before=\(last.id)" }
        let heading = Site.Heading(site.text("messages.inbox.title", call), back: call.page("/me"))
        return try site.page("messages/inbox", heading, data, for: call)
    }

    private func row(_ message: Message, _ call: Call) -> [String: Any] {
        let language = message.language ?? call.language
        return [
            "href": call.page("/me/messages/\(message.id)"), "subject": words(of: message, in: language).subject, "lang": language.rawValue,
            "dir": language.direction, "from": senderName(message, call.language), "isUnread": !message.isRead,
            "when": Formats.dateTime(message.acceptedAt, in: call.language, style: .short),
        ]
    }

    private func showMessage(_ call: Call) async throws -> Reply {
        let (id, store, subject, time) = (try call.id("message"), store, call.actor.id, clock.now())
        guard let message = try await database.read({ try store.find(id, subjectID: subject, in: $0) }) else { throw Problem.notFound }
        if !message.isRead { try await database.write { try store.markRead(id, subjectID: subject, at: time, in: $0) } }
        let language = message.language ?? call.language
        let words = words(of: message, in: language)
        var data: [String: Any] = [
            "subject": words.subject, "paragraphs": words.paragraphs, "textLang": language.rawValue, "textDir": language.direction,
            "from": senderName(message, call.language), "when": Formats.dateTime(message.acceptedAt, in: call.language),
            "state": site.text("messages.state.\(message.state.rawValue)", call),
        ]
        if let link = message.link { data["href"] = call.page(link) }
        return try site.page("messages/message", Site.Heading(words.subject, back: call.page("/me/messages")), data, for: call)
    }

    /// A message whose texts are gone still shows who wrote and when.
    func words(of message: Message, in language: Language) -> MessageWords {
        guard let template = try? templates.template(message.template, version: message.version) else {
            return MessageWords(subject: site.catalogue.text("messages.gone", in: language), paragraphs: [])
        }
        return template.words(message.values, in: language)
    }

    func senderName(_ message: Message, _ language: Language) -> String {
        bodies.body(message.bodyID)?.name.text(in: language) ?? site.catalogue.text("web.name", in: language)
    }
}

/// The newest messages on the first page of the personal zone.
struct MessagesZone: ZoneSection {
    let messages: Messages
    let titleKey = "messages.inbox.title"
    let emptyKey = "messages.zone.empty"
    let href = "/me/messages"

    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        try messages.store.list(of: actor.id, before: nil, limit: limit, in: connection).map { message in
            ZoneItem(
                title: messages.words(of: message, in: message.language ?? language).subject,
                detail: "\(messages.senderName(message, language)) · \(Formats.dateTime(message.acceptedAt, in: language, style: .short))",
                href: "/me/messages/\(message.id)",
                status: message.isRead ? nil : messages.site.catalogue.text("messages.unread", in: language))
        }
    }
}
