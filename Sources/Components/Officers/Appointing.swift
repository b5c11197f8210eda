import Contracts
import Database
import Language
import Values
import Web

/// From the proposal of an office to its end, as verbs on the module.
extension Officers {
    /// Proposes that whoever has the number begins an office. What comes back does not tell whether anybody has it.
    func propose(
        number: String, role: String, unitID: String?, from: CalendarDate, to: CalendarDate?, at bodyID: String, by actor: Actor
    ) async throws -> Appointment {
        let (store, people, time) = (store, people, clock.now())
        let id = UUIDv7.next(at: time)
        return try await database.write { connection in
            let subject = try people.subject(nationalNumber: number, in: connection)
            if subject == actor.id { throw OfficersError.yourself }
            let appointment = Appointment(
                bodyID: bodyID, id: id, kind: .begin, role: role, unitID: unitID, subjectID: subject, from: from, to: to,
                state: OfficeRules.powerful.contains(role) ? .proposed : .invited, proposerID: actor.id, createdAt: time,
                expiresAt: time.adding(days: Appointment.daysOpen))
            try store.insert(appointment, number: subject == nil ? number : nil, in: connection)
            try record(appointment.state == .proposed ? "proposed" : "invited", appointment, by: actor, at: time, in: connection)
            if appointment.state == .proposed { try askForConfirmation(appointment, by: actor, in: connection) } else if let subject {
                try invite(subject, appointment, in: connection)
            }
            return appointment
        }
    }

    /// Ends an office: at once, or for a powerful role when another administrator has confirmed it.
    /// - Returns: whether it has ended.
    func end(_ subjectID: String, role: String, at bodyID: String, by actor: Actor) async throws -> Bool {
        let (store, offices, time) = (store, offices, clock.now())
        let (today, id) = (IsraelTime.date(time), UUIDv7.next(at: clock.now()))
        return try await database.write { connection in
            let held = try offices.holdings(of: bodyID, from: today, in: connection)
            guard let holding = held.first(where: { $0.subjectID == subjectID && $0.role == role }) else { throw Problem.notFound }
            try checkNotLast(holding, held)
            let isPowerful = OfficeRules.powerful.contains(role) && subjectID != actor.id
            let appointment = Appointment(
                bodyID: bodyID, id: id, kind: .end, role: role, unitID: nil, subjectID: subjectID, from: holding.from, to: today,
                state: isPowerful ? .proposed : .done, proposerID: actor.id, createdAt: time, expiresAt: time.adding(days: Appointment.daysOpen))
            if isPowerful {
                let open = try store.open(of: bodyID, at: time, in: connection)
                guard !open.contains(where: { $0.kind == .end && $0.subjectID == subjectID && $0.role == role }) else { throw OfficersError.alreadyThere }
            }
            try store.insert(appointment, number: nil, in: connection)
            guard !isPowerful else {
                try record("end-proposed", appointment, by: actor, at: time, in: connection)
                try askForConfirmation(appointment, by: actor, in: connection)
                return false
            }
            try finish(holding, appointment, by: actor, at: time, in: connection)
            return true
        }
    }

    /// The second pair of eyes.
    func confirm(_ id: String, at bodyID: String, by actor: Actor) async throws {
        let (store, offices, time, authority) = (store, offices, clock.now(), authority)
        try await database.write { connection in
            guard let appointment = try store.appointment(id, of: bodyID, in: connection) else { throw Problem.notFound }
            guard appointment.state == .proposed, appointment.expiresAt > time else { throw OfficersError.over }
            guard OfficeRules.mayConfirm(appointment, authority: authority, actor) else { throw OfficersError.yourself }
            switch appointment.kind {
            case .begin:
                guard try store.move(appointment, to: .invited, confirmer: actor.id, in: connection) else { throw OfficersError.over }
                try record("confirmed", appointment, by: actor, at: time, in: connection)
                if let subject = appointment.subjectID { try invite(subject, appointment, in: connection) }
            case .end:
                guard try store.move(appointment, to: .done, confirmer: actor.id, in: connection) else { throw OfficersError.over }
                let held = try offices.holdings(of: bodyID, from: IsraelTime.date(time), in: connection)
                guard let holding = held.first(where: { $0.subjectID == appointment.subjectID && $0.role == appointment.role }) else { return }
                try checkNotLast(holding, held)
                try finish(holding, appointment, by: actor, at: time, in: connection)
            }
        }
    }

    /// Says no to a proposal, or takes back what one made oneself.
    func refuse(_ id: String, at bodyID: String, by actor: Actor) async throws {
        let (store, time) = (store, clock.now())
        try await database.write { connection in
            guard let appointment = try store.appointment(id, of: bodyID, in: connection) else { throw Problem.notFound }
            let isOwn = appointment.proposerID == actor.id
            guard [.proposed, .invited].contains(appointment.state),
                try store.move(appointment, to: isOwn ? .withdrawn : .refused, in: connection)
            else { throw OfficersError.over }
            try record(isOwn ? "withdrawn" : "refused", appointment, by: actor, at: time, in: connection)
        }
    }

    /// The person's own answer to an invitation.
    func answer(_ id: String, isAccepted: Bool, by actor: Actor) async throws {
        let (store, offices, time) = (store, offices, clock.now())
        let today = IsraelTime.date(time)
        try await database.write { connection in
            guard let appointment = try store.invitations(to: actor.id, at: time, in: connection).first(where: { $0.id == id }) else {
                throw Problem.notFound
            }
            guard try store.move(appointment, to: isAccepted ? .accepted : .declined, in: connection) else { throw OfficersError.over }
            if isAccepted {
                try offices.set(
                    OfficeHolding(
                        subjectID: actor.id, bodyID: appointment.bodyID, role: appointment.role, from: max(appointment.from, today), to: appointment.to),
                    in: connection)
                try store.setPlace(
                    appointment.bodyID, actor.id, appointment.role, unitID: appointment.unitID, confirmedOn: today, in: connection)
            }
            try record(isAccepted ? "accepted" : "declined", appointment, by: actor, at: time, in: connection)
        }
    }

    /// Says that an office is still needed, and where in the body it is.
    func renew(_ subjectID: String, role: String, unitID: String?, at bodyID: String, by actor: Actor) async throws {
        let (store, offices, time) = (store, offices, clock.now())
        let today = IsraelTime.date(time)
        try await database.write { connection in
            let held = try offices.holdings(of: bodyID, from: today, in: connection)
            guard let holding = held.first(where: { $0.subjectID == subjectID && $0.role == role }) else { throw Problem.notFound }
            guard subjectID != actor.id else { throw OfficersError.yourself }
            let former = try store.places(of: bodyID, in: connection)["\(subjectID) \(role)"]?.unitID
            try store.setPlace(bodyID, subjectID, role, unitID: unitID, confirmedOn: today, in: connection)
            let what = former == unitID ? "renewed" : "moved"
            try store.record(.init(what: what, role: role, subjectID: holding.subjectID, actorID: actor.id, at: time), of: bodyID, in: connection)
        }
    }

    private func checkNotLast(_ holding: OfficeHolding, _ held: [OfficeHolding]) throws {
        guard holding.role == OfficerRole.administrator, holding.bodyID == authority else { return }
        guard held.contains(where: { $0.role == holding.role && $0.subjectID != holding.subjectID }) else { throw OfficersError.lastAdministrator }
    }

    /// The office ends with yesterday, so that the very next request finds it gone.
    private func finish(
        _ holding: OfficeHolding, _ appointment: Appointment, by actor: Actor, at time: Instant, in connection: any Connection
    ) throws {
        let last = IsraelTime.date(time).adding(days: -1)
        try offices.set(
            OfficeHolding(subjectID: holding.subjectID, bodyID: holding.bodyID, role: holding.role, from: min(holding.from, last), to: last), in: connection)
        try record("ended", appointment, by: actor, at: time, in: connection)
        guard let card = try people.card(of: holding.subjectID, in: connection) else { return }
        try postman.send(
            Notice(
                recipientID: holding.subjectID, bodyID: holding.bodyID, template: "officers.ended",
                values: ["role": roleName(holding.role, in: card.language)], link: "/me/offices", idempotencyKey: "officers.ended:\(appointment.id)"),
            in: connection)
    }

    /// In the history of the body, and in the log of whom it is about.
    private func record(
        _ what: String, _ appointment: Appointment, by actor: Actor, at time: Instant, in connection: any Connection
    ) throws {
        try store.record(
            .init(what: what, role: appointment.role, subjectID: appointment.subjectID, actorID: actor.id, at: time), of: appointment.bodyID, in: connection)
        guard let subject = appointment.subjectID else { return }
        var entry = AuditEntry(
            subjectID: subject, actor: actor, action: .credential, what: "officers.\(what)", basis: .request(appointment.id), fields: [appointment.role],
            at: time)
        entry.bodyID = appointment.bodyID
        try audit.record(entry, in: connection)
    }

    func invite(_ subjectID: String, _ appointment: Appointment, in connection: any Connection) throws {
        guard let card = try people.card(of: subjectID, in: connection) else { return }
        try postman.send(
            Notice(
                recipientID: subjectID, bodyID: appointment.bodyID, template: "officers.invited",
                values: [
                    "role": roleName(appointment.role, in: card.language),
                    "until": Formats.date(IsraelTime.date(appointment.expiresAt), in: card.language),
                ],
                link: "/me/offices", idempotencyKey: "officers.invited:\(appointment.id)"), in: connection)
    }

    /// Tells those who may be the second pair of eyes.
    private func askForConfirmation(_ appointment: Appointment, by actor: Actor, in connection: any Connection) throws {
        var others = try people.officers(of: authority, role: OfficerRole.administrator, in: connection)
        others += try people.officers(of: appointment.bodyID, role: OfficerRole.bodyAdministrator, in: connection)
        for card in others where card.id != actor.id && card.id != appointment.subjectID {
            try postman.send(
                Notice(
                    recipientID: card.id, bodyID: appointment.bodyID, template: "officers.to-confirm",
                    values: ["role": roleName(appointment.role, in: card.language), "body": bodyName(appointment.bodyID, in: card.language)],
                    link: "/desk/officers", idempotencyKey: "officers.to-confirm:\(appointment.id)"), in: connection)
        }
    }

    func roleName(_ role: String, in language: Language) -> String {
        site.catalogue.has("officers.role.\(role)", in: language) ? site.catalogue.text("officers.role.\(role)", in: language) : role
    }

    func bodyName(_ id: String, in language: Language) -> String { bodies.body(id)?.name.text(in: language) ?? id }
}
