import Contracts
import Database
import Language
import Synchronization
import Values
import Web

/// Everybody whom Delivery talks to.
final class Neighbourhood: Sendable {
    let answers = Mutex<[String: JSON]>([:])
    let papersReady = Mutex(true)
    let mandates = Mutex<[HeldMandate]>([])
    let numbers = Mutex<[String: String]>([:])
    /// What registers were asked, and what they answer.
    let asked = Mutex<[ExchangeRequest]>([])
    let refusal = Mutex<ExchangeError?>(nil)
    /// A body whose agreement is suspended.
    let suspended = Mutex<String?>(nil)
    let told = Mutex<[RegisterEvent]>([])

    func keep(_ kind: String, _ id: String, holder: String = "", _ content: JSON, in connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO test_kept (kind, id, holder, content) VALUES ($1, $2, $3, $4)", [.text(kind), .text(id), .text(holder), .json(content)])
    }

    func has(_ kind: String, _ id: String, in connection: any Connection) throws -> Bool {
        try connection.first("SELECT 1 FROM test_kept WHERE kind = $1 AND id = $2", [.text(kind), .text(id)], { try $0.int(0) }) != nil
    }
}

extension Neighbourhood: Mandates {
    func held(by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate] {
        mandates.withLock { $0 }.filter { $0.attorneyID == attorneyID }
    }
    func held(by attorneyID: String, for principalID: String, on date: CalendarDate, in connection: any Connection) throws -> [HeldMandate] {
        try held(by: attorneyID, on: date, in: connection).filter { $0.mandate.principalID == principalID }
    }
    func held(_ id: String, by attorneyID: String, on date: CalendarDate, in connection: any Connection) throws -> HeldMandate? {
        try held(by: attorneyID, on: date, in: connection).first { $0.mandate.id == id }
    }
}

extension Neighbourhood: BodyDirectory, ServiceDirectory, People {
    var localities: [Locality] { [] }
    var bodies: [PublicBody] {
        [
            ("municipality-haifa", "עיריית חיפה", "Haifa Municipality"), ("municipality-tel-aviv", "עיריית תל אביב", "Tel Aviv"),
            ("police", "המשטרה", "Police"), ("fire", "כבאות", "Fire"), ("health", "משרד הבריאות", "Health"),
        ].map {
            PublicBody(
                id: $0.0, kind: .authority, parentID: nil, number: nil, localityCode: nil, name: LocalizedText([.he: $0.1, .en: $0.2]),
                about: LocalizedText([:]), phone: nil, site: nil)
        }
    }
    func body(_ id: String) -> PublicBody? { bodies.first { $0.id == id } }
    func locality(_ code: Int) -> Locality? { nil }
    func municipality(of locality: Int) -> PublicBody? { nil }

    func service(_ id: String) -> ServiceCard? {
        ServiceCard(id: id, name: LocalizedText([.he: "שירות", .en: "Service"]), bodyIDs: [], formID: id, cost: Money(minorUnits: 0), workingDays: 1)
    }
    func service(form: String) -> ServiceCard? { service(form) }

    /// Businesses are no people.
    func card(of id: String, in connection: any Connection) throws -> PersonCard? {
        guard id.hasPrefix("person-") else { return nil }
        return PersonCard(
            id: id, givenName: "Given", familyName: id, birthDate: CalendarDate(daysSince1970: 0), email: "\(id)@example.test", phone: nil, language: .en)
    }
    /// Of people whose number a test has set.
    func nationalNumber(of id: String, in connection: any Connection) throws -> String? { numbers.withLock { $0[id] } }
    func subject(nationalNumber: String, in connection: any Connection) throws -> String? { nil }
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard] { [] }
}

extension Neighbourhood: SubmissionReader {
    func sections(of submissionID: String, language: Language, in connection: any Connection) throws -> [AnswerSection] {
        try sections(of: submissionID, under: [JSONPointer(tokens: [])], language: language, in: connection)
    }

    /// A section for each place below the first level; files by their id.
    func sections(of submissionID: String, under places: [JSONPointer], language: Language, in connection: any Connection) throws -> [AnswerSection] {
        guard let object = answers.withLock({ $0[submissionID] })?.object else { return [] }
        let leaves = object.flatMap { section, value in (value.object ?? [:]).map { (JSONPointer(tokens: [section, $0.key]), $0.value) } }
        return leaves.filter { leaf in places.contains { leaf.0.tokens.starts(with: $0.tokens) } }.map { pointer, value in
            let file = value.array?.first?["id"]?.string
            let line = AnswerLine(label: "", value: file ?? value.text, source: .person, attachmentID: file)
            return AnswerSection(title: pointer.description, lines: [line])
        }
    }

    func answers(of submissionID: String, in connection: any Connection) throws -> JSON? { answers.withLock { $0[submissionID] } }
}

struct FileRefused: ProblemError {
    let status: Int
    var problem: Problem { status == 503 ? .unavailable : Problem(status, "web.unreadable-request", ["reason": "file"]) }
}

extension Neighbourhood: AttachmentStore {
    func accept(_ file: UploadedFile, holderID: String, scope: String, subjectID: String) async throws -> Attachment { throw FileRefused(status: 422) }

    /// A file that says `bad` is refused, and at one that says `down` the scanner does not answer.
    func prepare(_ files: [UploadedFile], holderID: String, scope: String, subjectID: String) async throws -> [PreparedFile] {
        try files.map { file in
            let text = String(decoding: file.bytes, as: UTF8.self)
            if text == "bad" { throw FileRefused(status: 422) }
            if text == "down" { throw FileRefused(status: 503) }
            let card = Attachment(id: UUIDv7.next(), name: file.name, type: "application/pdf", size: file.bytes.count, sha256: "", scan: "clean")
            return PreparedFile(
                attachment: card, holderID: holderID, scope: scope, subjectID: subjectID, sealedName: [], sealedContent: file.bytes,
                at: Instant(seconds: 0))
        }
    }

    func store(_ files: [PreparedFile], in connection: any Connection) throws {
        for file in files { try keep("file", file.attachment.id, holder: file.holderID, ["name": .string(file.attachment.name)], in: connection) }
    }

    func list(holderID: String, in connection: any Connection) throws -> [Attachment] {
        try connection.query("SELECT id, content FROM test_kept WHERE kind = 'file' AND holder = $1", [.text(holderID)]) { row in
            Attachment(
                id: try row.text(0), name: try row.json(1)["name"]?.string ?? "", type: "application/pdf", size: 1, sha256: "", scan: "clean")
        }
    }

    func content(of id: String, holderID: String, in connection: any Connection) throws -> (Attachment, [UInt8])? {
        try list(holderID: holderID, in: connection).first { $0.id == id }.map { ($0, [1]) }
    }
}

extension Neighbourhood: Cashier {
    func open(_ order: PaymentOrder, in connection: any Connection) throws -> String {
        let id = "pay-\(order.reference)"
        if try !has("order", id, in: connection) {
            try keep("order", id, holder: order.reference, ["case": .string(order.caseID ?? ""), "payer": .string(order.payerID)], in: connection)
        }
        return id
    }

    func statuses(reference: String, in connection: any Connection) throws -> [PaymentStatus] {
        guard try has("order", "pay-\(reference)", in: connection) else { return [] }
        return [
            PaymentStatus(
                id: "pay-\(reference)", reference: reference, amount: Money(minorUnits: 37_400),
                state: try has("underway", reference, in: connection) ? "pending" : "created", isPaid: false, isFinal: false)
        ]
    }

    func giveUp(reference: String, in connection: any Connection) throws { try keep("given-up", reference, holder: reference, [:], in: connection) }

    func refund(reference: String, in connection: any Connection) throws { try keep("refund", UUIDv7.next(), holder: reference, [:], in: connection) }
}

extension Neighbourhood: Postman, AuditLog, DocumentOffice {
    func send(_ notice: Notice, in connection: any Connection) throws {
        guard try !has("notice", notice.idempotencyKey, in: connection) else { return }
        let content: JSON = [
            "template": .string(notice.template), "to": .string(notice.recipientID), "from": .string(notice.bodyID), "link": .string(notice.link ?? ""),
            "values": .object(notice.values.mapValues(JSON.string)),
        ]
        try keep("notice", notice.idempotencyKey, holder: notice.caseID ?? "", content, in: connection)
    }

    func sendCode(_ code: String, to email: String, language: String, minutesValid: Int, in connection: any Connection) throws {}

    func record(_ entry: AuditEntry, in connection: any Connection) throws {
        let content: JSON = [
            "what": .string(entry.what), "actor": .string(entry.actorID), "body": .string(entry.bodyID ?? ""), "subject": .string(entry.subjectID),
            "fields": .strings(entry.fields),
        ]
        try keep("audit", UUIDv7.next(), holder: entry.caseID ?? "", content, in: connection)
    }

    func order(_ order: DocumentOrder, in connection: any Connection) throws -> String {
        let id = UUIDv7.next()
        try keep("paper", id, holder: order.caseID, ["template": .string(order.template), "content": order.content], in: connection)
        return id
    }

    func documents(caseID: String, in connection: any Connection) throws -> [DocumentCard] {
        try connection.query("SELECT id FROM test_kept WHERE kind = 'paper' AND holder = $1", [.text(caseID)]) { row in
            DocumentCard(
                id: try row.text(0), title: "Paper", bodyID: "", caseID: caseID, isReady: papersReady.withLock { $0 },
                at: TestClock.start)
        }
    }

    func content(of id: String, caseID: String, in connection: any Connection) throws -> [UInt8]? {
        try documents(caseID: caseID, in: connection).first { $0.id == id }.map { _ in [1] }
    }
}

extension Neighbourhood: Exchange, EventSource {
    func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer {
        asked.withLock { $0.append(request) }
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        return ExchangeAnswer(value: [:], ownerID: "population-authority", agreementID: "a", at: Instant(seconds: 0))
    }

    /// One a page, as a register with much to tell.
    func events(_ feed: EventFeed, after number: Int64, limit: Int) async throws(ExchangeError) -> EventPage {
        if suspended.withLock({ $0 == feed.consumerID }) { throw .notCovered("suspended") }
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        let events = told.withLock { $0 }.filter { $0.operation == feed.operation && $0.number > number }.prefix(1)
        return EventPage(events: Array(events), next: events.last?.number ?? number, hasGap: false)
    }
}
