import Contracts
import Database
import Language
import Values

/// An entry as it is kept: its canonical text is the leaf of the Merkle tree, so whatever is shown is what was signed.
struct AuditRecord: Sendable, Hashable {
    let id: String
    let content: JSON

    var at: Instant { Instant(microseconds: content["at"]?.int ?? 0) }
    var subjectID: String { content["subject"]?.string ?? "" }
    var actorID: String { content["actor"]?.string ?? "" }
    var actorName: String { content["actorName"]?.string ?? "" }
    var bodyID: String? { content["body"]?.string }
    var role: String? { content["role"]?.string }
    /// The business for which the actor, who signs for it, acted.
    var representativeOf: String? { content["representative"]?.string }
    /// The profession and the number of the licence by which the actor acted.
    var licence: String? { content["licence"]?.string }
    /// The mandate by which the actor acted for the subject.
    var mandateID: String? { content["mandate"]?.string }
    var action: String { content["action"]?.string ?? "" }
    var what: String { content["what"]?.string ?? "" }
    var caseID: String? { content["case"]?.string }
    var basis: Basis? { Basis(kind: content["basis"]?["kind"]?.string ?? "", reference: content["basis"]?["reference"]?.string ?? "") }
    /// Of what came through the spine.
    var agreementID: String? { content["agreement"]?.string }
    /// The provision on which the agreement stands, whatever the single question rests on.
    var law: String? { content["law"]?.string }
    var visibility: LookVisibility { content["visibility"].flatMap(LookVisibility.init(json:)) ?? .now }
    /// From when on the person sees it; nil for never as a line of its own.
    var visibleFrom: Instant? {
        switch visibility {
        case .now: Instant(microseconds: 0)
        case .delayed(let days): at.adding(days: Int64(days))
        case .hidden(_, let until): IsraelTime.instant(until.adding(days: 1))
        case .countOnly: nil
        }
    }
    var fields: [String] { content["fields"]?.array?.compactMap(\.string) ?? [] }

    init(id: String, content: JSON) { (self.id, self.content) = (id, content) }

    init(_ entry: AuditEntry, id: String) {
        self.init(
            id: id,
            content: .members([
                "id": .string(id), "subject": .string(entry.subjectID), "actor": .string(entry.actorID), "actorName": .string(entry.actorName),
                "body": entry.bodyID.map(JSON.string), "role": entry.role.map(JSON.string), "representative": entry.representativeOf.map(JSON.string),
                "licence": entry.licence.map(JSON.string), "mandate": entry.mandateID.map(JSON.string),
                "action": .string(entry.action.rawValue),
                "what": .string(entry.what), "case": entry.caseID.map(JSON.string),
                "basis": ["kind": .string(entry.basis.kind), "reference": .string(entry.basis.reference)],
                "agreement": entry.agreementID.map(JSON.string), "law": entry.law.map(JSON.string), "fields": .strings(entry.fields),
                "visibility": entry.visibility == .now ? JSON?.none : entry.visibility.json, "at": .int(entry.at.microseconds),
            ]))
    }
}
