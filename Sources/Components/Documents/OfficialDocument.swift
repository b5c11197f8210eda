import Contracts
import Language
import Values

/// A paper in the making or made.
struct OfficialDocument: Sendable, Hashable {
    let subjectID: String
    let id: String
    let caseID: String
    let caseNumber: String
    let bodyID: String
    let kind: PaperKind
    let language: Language
    let title: String
    let code: VerificationCode
    let orderedAt: Instant
    let readyAt: Instant?

    var card: DocumentCard {
        DocumentCard(id: id, title: title, bodyID: bodyID, caseID: caseID, isReady: readyAt != nil, at: readyAt ?? orderedAt)
    }
}
