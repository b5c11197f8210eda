import Contracts
import Database
import Jobs
import Language
import Values

/// The e-mail beside each message, and one-time codes. No transaction is open while a mail server is spoken to.
struct MessageDelivery: Sendable {
    static let noticeJob = "messages.deliver"
    static let codeJob = "messages.code"
    static let noticeRetry = JobRegistry.Retry(tries: 48, secondsApart: 300)
    /// A code is of use for minutes only.
    static let codeRetry = JobRegistry.Retry(tries: 48, secondsApart: 20)

    let messages: Messages
    let people: any People

    func deliver(_ job: Job) async throws {
        let (store, people, payload) = (messages.store, people, job.payload)
        guard let subject = payload["subject"]?.string, let id = payload["message"]?.string else { throw JobError.hopeless("payload") }
        let found = try await messages.database.read { connection -> (Message, PersonCard?)? in
            guard let message = try store.find(id, subjectID: subject, in: connection) else { return nil }
            return (message, try people.card(of: subject, in: connection))
        }
        // Sent already: the worker before us was lost after the mail server had taken it.
        guard let (message, card) = found, message.state != .sent else { return }
        do {
            try await carry(message, to: card)
            try await settle(message, .sent)
        } catch let failure as MailFailure {
            guard failure.isPermanent || job.tries >= MessageDelivery.noticeRetry.tries else { throw failure }
            try await settle(message, .failed, failure: failure.description)
            throw JobError.hopeless(failure.description)
        }
    }

    private func carry(_ message: Message, to card: PersonCard?) async throws {
        guard let card else { throw MailFailure.permanent("no such recipient") }
        // A child for whom others act has no address of her own yet: what is written to her waits in her zone.
        if card.email.isEmpty { return }
        guard let address = MailAddress(card.email) else { throw MailFailure.permanent("no usable address") }
        let language = message.language ?? card.language
        if message.language == nil {
            let store = messages.store
            try await messages.database.write { try store.setLanguage(language, of: message, in: $0) }
        }
        guard let template = try? messages.templates.template(message.template, version: message.version) else {
            throw MailFailure.permanent("template \(message.template) version \(message.version) is gone")
        }
        let letter = try messages.writer.letter(
            template.words(message.values, in: language), to: address, in: language,
            senderName: messages.bodies.body(message.bodyID)?.name.text(in: language), link: message.link, id: message.id,
            at: messages.clock.now())
        try await messages.carrier.carry(letter)
    }

    private func settle(_ message: Message, _ state: Message.State, failure: String? = nil) async throws {
        let (store, time) = (messages.store, messages.clock.now())
        try await messages.database.write { try store.settle(message, state, failure: failure, at: time, in: $0) }
    }

    func deliverCode(_ job: Job) async throws {
        guard let id = job.payload["code"]?.string, let sealed = job.payload["sealed"]?.string.flatMap(Base64.decodeURL),
            let content = CodeContent.opened(sealed, as: id, by: messages.vault)
        else { throw JobError.hopeless("payload") }
        let time = messages.clock.now()
        guard time < content.expiresAt else { return }
        guard let address = MailAddress(content.email) else { throw JobError.hopeless("no usable address") }
        let template = try messages.templates.newest("identity.code")
        let words = template.words(["code": content.code, "minutes": "\(content.minutesValid)"], in: content.language)
        let letter = try messages.writer.letter(words, to: address, in: content.language, senderName: nil, link: nil, id: job.id, at: time)
        do { try await messages.carrier.carry(letter) } catch let failure as MailFailure where failure.isPermanent {
            throw JobError.hopeless(failure.description)
        }
    }
}
