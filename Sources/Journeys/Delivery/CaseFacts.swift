import Contracts
import Database
import Language
import Values
import Web

/// Everything the page of a case shows, read in one view of the database.
struct CaseFacts: Sendable {
    let item: Case
    let type: CaseType
    let legs: [Case]
    let history: [CaseStatus]
    /// Everything the person was asked that the reader of the page may see, oldest first.
    let questions: [Question]
    let sections: [AnswerSection]
    /// Added after the request was sent.
    let files: [Attachment]
    let documents: [DocumentCard]
    let payments: [PaymentStatus]
    /// Whether the fee is the reader's to pay.
    var isPayer = false

    /// As the person sees it: with what other bodies asked and were answered.
    init(ofPerson item: Case, delivery: Delivery, language: Language, in connection: any Connection) throws {
        let near = delivery.near
        let legs = try delivery.store.legs(of: item.id, in: connection)
        self.item = item
        self.legs = legs
        type = try delivery.types.type(of: item)
        history = try delivery.store.history(of: item, in: connection)
        questions = try CaseFacts.questions([item] + legs, delivery, in: connection)
        sections = try near.submissions.sections(of: item.submissionID, language: language, in: connection)
        files = try ([item] + legs).flatMap { try near.attachments.list(holderID: $0.id, in: connection) }
        documents = try near.documents.documents(caseID: item.id, in: connection)
        payments = try near.cashier.statuses(reference: item.id, in: connection)
    }

    /// As an officer of the case's body sees it. A leg shows what its body needs of the answers, and what this body asked itself.
    init(onDesk item: Case, delivery: Delivery, language: Language, in connection: any Connection) throws {
        let near = delivery.near
        self.item = item
        type = try delivery.types.type(of: item)
        legs = item.isLeg ? [] : try delivery.store.legs(of: item.id, in: connection)
        history = try delivery.store.history(of: item, in: connection)
        questions = try CaseFacts.questions([item], delivery, in: connection)
        sections = try delivery.sections(seenOn: item, language: language, in: connection)
        files = try near.attachments.list(holderID: item.id, in: connection)
        documents = item.isLeg ? [] : try near.documents.documents(caseID: item.id, in: connection)
        payments = []
    }

    private static func questions(_ items: [Case], _ delivery: Delivery, in connection: any Connection) throws -> [Question] {
        try items.flatMap { item in try delivery.store.completions(of: item, in: connection).map { Question(item: item, completion: $0) } }
            .sorted { $0.completion.id < $1.completion.id }
    }

    /// What the person must answer now.
    var open: [Question] { questions.filter { $0.completion.answeredAt == nil && $0.item.state == .waiting } }

    /// What a refused leg said, for the decision that must follow it.
    func refusals() -> [(leg: Case, reason: String)] {
        legs.filter { $0.result == .refused }.map { leg in (leg, history.last { $0.legID == leg.id }?.note ?? "") }
    }
}

extension Delivery {
    func sections(seenOn item: Case, language: Language, in connection: any Connection) throws -> [AnswerSection] {
        guard item.isLeg else { return try near.submissions.sections(of: item.submissionID, language: language, in: connection) }
        let places = try types.type(of: item).legs?.places(seenBy: item.bodyID) ?? []
        return try near.submissions.sections(of: item.submissionID, under: places, language: language, in: connection)
    }

    /// A file an officer may open: one that was added to her case, or one among the answers that she sees.
    func file(_ id: String, seenOn item: Case, in connection: any Connection) throws -> (Attachment, [UInt8])? {
        if let added = try near.attachments.content(of: id, holderID: item.id, in: connection) { return added }
        if item.isLeg {
            let seen = try sections(seenOn: item, language: .standard, in: connection).flatMap(\.lines).compactMap(\.attachmentID)
            guard seen.contains(id) else { return nil }
        }
        return try near.attachments.content(of: id, holderID: item.submissionID, in: connection)
    }
}
