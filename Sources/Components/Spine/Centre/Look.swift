import Contracts
import Values
import Web

/// A look at a person through a gateway with a database of its own, as it is told to the centre, which keeps people's lists.
struct Look: Sendable {
    /// How a gateway names people whose internal ids its body does not know.
    static let numberPrefix = "number:"

    /// The person's internal id, or nil where only her number is known.
    let subjectID: String?
    let number: String?
    let bodyID: String
    let actorID: String
    let actorName: String
    let role: String?
    let what: String
    let caseID: String?
    let basis: Basis
    let agreementID: String
    let law: String?
    let fields: [String]
    let at: Instant

    /// Nil for an entry that tells of no look of a body.
    init?(_ entry: AuditEntry) {
        guard entry.action == .fetch, let bodyID = entry.bodyID, let agreementID = entry.agreementID else { return nil }
        let isNumber = entry.subjectID.hasPrefix(Look.numberPrefix)
        subjectID = isNumber ? nil : entry.subjectID
        number = isNumber ? String(entry.subjectID.dropFirst(Look.numberPrefix.count)) : nil
        (self.bodyID, self.agreementID, actorID, actorName, role) = (bodyID, agreementID, entry.actorID, entry.actorName, entry.role)
        (what, caseID, basis, law, fields, at) = (entry.what, entry.caseID, entry.basis, entry.law, entry.fields, entry.at)
    }

    var json: JSON {
        .members([
            "subject": subjectID.map(JSON.string), "number": number.map(JSON.string), "body": .string(bodyID), "actor": .string(actorID),
            "name": .string(actorName), "role": role.map(JSON.string), "what": .string(what), "case": caseID.map(JSON.string),
            "basis": ["kind": .string(basis.kind), "reference": .string(basis.reference)], "agreement": .string(agreementID),
            "law": law.map(JSON.string), "fields": .strings(fields), "at": .int(at.microseconds),
        ])
    }

    /// Nil for any other shape.
    init?(_ json: JSON) {
        guard let body = json["body"]?.string, let actor = json["actor"]?.string, let name = json["name"]?.string,
            let what = json["what"]?.string, what.hasPrefix("register."), let agreement = json["agreement"]?.string, let at = json["at"]?.int,
            let basis = Basis(kind: json["basis"]?["kind"]?.string ?? "", reference: json["basis"]?["reference"]?.string ?? ""),
            (json["subject"] == nil) != (json["number"] == nil)
        else { return nil }
        (subjectID, number, bodyID, actorID, actorName) = (json["subject"]?.string, json["number"]?.string, body, actor, name)
        (role, self.what, caseID, self.basis, agreementID) = (json["role"]?.string, what, json["case"]?.string, basis, agreement)
        (law, fields, self.at) = (json["law"]?.string, json["fields"]?.array?.compactMap(\.string) ?? [], Instant(microseconds: at))
    }

    func entry(about subjectID: String, _ visibility: LookVisibility) -> AuditEntry {
        let capacity: Capacity = role.map { .office(organisation: bodyID, role: $0) } ?? .own
        let actor = Actor(kind: role == nil ? .system : .person, id: actorID, name: actorName, assurance: .none, capacity: capacity)
        var entry = AuditEntry(subjectID: subjectID, actor: actor, action: .fetch, what: what, caseID: caseID, basis: basis, fields: fields, at: at)
        (entry.bodyID, entry.agreementID, entry.law, entry.visibility) = (bodyID, agreementID, law, visibility)
        return entry
    }
}
