import Contracts
import Database
import Language
import Values
import Web

/// Legs: one case at each body that must approve.
extension Delivery {
    /// Opens them by the licensing rules and the case type's conditions over the answers.
    func openLegs(of item: Case, _ legs: Legs, at time: Instant, in connection: any Connection) throws {
        let answers = try near.submissions.answers(of: item.submissionID, in: connection) ?? .null
        let approvers = legs.approvers(for: answers, by: types.licensing)
        let today = IsraelTime.date(time)
        for approver in approvers {
            let new = Case(
                subjectID: item.subjectID, id: UUIDv7.next(at: time), number: "", typeID: item.typeID, typeVersion: item.typeVersion,
                serviceID: item.serviceID, submissionID: item.submissionID, parentID: item.id, bodyID: approver.bodyID, language: item.language,
                applicantID: item.applicantID, stage: legs.stage, state: .open, result: nil, assignedTo: nil, openedAt: time,
                promisedOn: types.calendar.date(legs.workingDays, after: today), closedAt: nil)
            let (leg, _) = try store.insert(new, in: connection) { numbering(today) }
            try store.append(.opened, to: leg, by: .system("delivery"), told: false, at: time, in: connection)
            try recordOpening(leg, approver, in: connection)
        }
        if approvers.isEmpty { try endLegs(of: item, in: connection) }
    }

    /// That another body gets to see part of the answers is told in its name.
    private func recordOpening(_ leg: Case, _ approver: Legs.Approver, in connection: any Connection) throws {
        for subject in try followers(of: leg, in: connection) {
            var entry = AuditEntry(
                subjectID: subject, actor: .system("delivery"), action: .send, what: "case.leg", caseID: leg.rootID,
                basis: .law(try types.type(of: leg).law), fields: ["answers"], at: clock.now())
            entry.bodyID = approver.bodyID
            entry.actorName = site.catalogue.text("web.name", in: .standard)
            try near.audit.record(entry, in: connection)
        }
    }

    /// A leg's answer is copied to the case it belongs to, sealed with the key of the body that decides: this body and the person read it
    /// there.
    func passOn(_ leg: Case, _ note: String?, by actor: Actor, at time: Instant, in connection: any Connection) throws {
        guard let parent = try leg.parentID.flatMap({ try store.find($0, in: connection) }) else { return }
        try store.append(.legDecided, to: parent, by: actor, note: note, told: true, leg: leg.id, at: time, in: connection)
    }

    /// When the last leg is decided, the case goes on.
    func legDecided(_ legID: String, in connection: any Connection) throws {
        guard let leg = try store.find(legID, in: connection), let parentID = leg.parentID,
            let parent = try store.find(parentID, in: connection), parent.state != .closed, parent.stage == (try types.type(of: parent).legs?.stage),
            try store.legs(of: parentID, in: connection).allSatisfy({ $0.state == .closed })
        else { return }
        try endLegs(of: parent, in: connection)
    }

    private func endLegs(of parent: Case, in connection: any Connection) throws {
        let moved = try move(parent, .legsDecided, in: connection)
        let tells = try tellsPerson(moved)
        try store.append(.moved, to: moved, by: .system("delivery"), told: tells, at: clock.now(), in: connection)
        if tells { try tell(moved, "case.stage", key: "stage:\(moved.stage)", in: connection) }
    }
}
