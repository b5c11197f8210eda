import Contracts
import Database
import HTTPTypes
import Language
import Values
import Web

/// Whoever registered with a passport or permit and has got a national number: the same person, with all that is hers.
extension Identity {
    var residentRoutes: [Route] {
        let person = Audience.signedIn(.substantial)
        return [
            .page(.get, "/me/identity/number", for: person, "identity.showAddNumber", "I have a national number now", showAddNumber),
            .page(.post, "/me/identity/number", for: person, "identity.addNumber", "Add my national number", rate: .guarded, addNumber),
        ]
    }

    private func showAddNumber(_ call: Call) async throws -> Reply {
        let (store, subject) = (store, call.actor.id)
        if try await database.read({ try store.nationalNumber(of: subject, in: $0) }) != nil { return .seeOther(call.page("/me/identity")) }
        return try addNumberPage(FilledForm(), call)
    }

    private func addNumberPage(_ form: FilledForm, _ call: Call) throws -> Reply {
        var form = form
        form["names"] = localities.names[call.language] ?? []
        return try page("add-number", "add-number.title", form, back: "/me/identity", call)
    }

    private func addNumber(_ call: Call) async throws -> Reply {
        let (fields, store, subject) = (try call.form(), store, call.actor.id)
        if try await database.read({ try store.nationalNumber(of: subject, in: $0) }) != nil { return .seeOther(call.page("/me/identity")) }
        let (typed, place, date) = (fields.trimmed("number") ?? "", fields.trimmed("locality") ?? "", DateFields(fields))
        var form = date.form
        form["number"] = String(typed.prefix(40))
        form["locality"] = String(place.prefix(100))
        let (number, code) = (NationalNumber(typed), localities.code(place))
        if number == nil { form.fault("number", text(typed.isEmpty ? "number.missing" : "number.wrong", call)) }
        let today = IsraelTime.date(call.time)
        if date.date == nil { form.fault("date", text("date.wrong", call), id: "day") }
        if let issued = date.date, issued > today || issued.age(on: today) > 130 { form.fault("date", text("date.impossible", call), id: "day") }
        if code == nil { form.fault("locality", text(place.isEmpty ? "address.missing" : "address.unknown", call)) }
        guard let number, let issued = date.date, let code, !form.isWrong else { return try addNumberPage(form, call) }
        do {
            try await add(number, cardIssueDate: issued, localityCode: code, to: call.actor, from: call.remoteAddress)
            return .seeOther("\(call.page("/me/identity"))?number=1")
        } catch let error as IdentityError {
            return try stopped(error, goOn: "/me/identity/number", "try-again", call)
        }
    }

    /// Both registers must agree with the number and with the birth date under which she is known already, and the name they know must be hers:
    /// a number of somebody born on the same day is not hers.
    private func add(
        _ number: NationalNumber, cardIssueDate: CalendarDate, localityCode: Int, to actor: Actor, from address: String
    ) async throws {
        let (store, time) = (store, clock.now())
        guard let known = try await database.read({ try store.person(actor.id, in: $0) }) else { throw Problem.signInNeeded }
        let attempt = store.attemptKey("number:\(actor.id)", .network(address))
        try await countAttempt(attempt)
        let roundID = UUIDv7.next(at: time)
        let proofing = Proofing(exchange: exchange, registrationID: roundID, clock: clock)
        var ledger = await proofing.residents(number.digits, birthDate: known.birthDate, cardIssueDate: cardIssueDate, localityCode: localityCode)
        var (found, isDown) = (nil as Proofing.Found?, ledger.rows.contains { $0.result == .unavailable })
        if !isDown, ledger.proofLevel() >= 2 {
            do {
                found = try await proofing.person(.national(number))
                if let row = found?.row { ledger.rows.append(row) }
            } catch { isDown = true }
        }
        let isHers = found.map { $0.givenName == known.givenName && $0.familyName == known.familyName } ?? false
        let rows = ledger.rows
        guard isHers else {
            // What was found about a number that is not hers stays out of her ledger, and is dropped: nobody registered by it.
            if isDown { try await database.write { try store.takeBackAttempt(attempt, in: $0) } }
            throw isDown ? IdentityError.registersUnavailable : IdentityError.noMatch
        }
        try await database.write { try keep(number, rows, roundID, of: actor, attempt: attempt, at: time, in: $0) }
    }

    private func keep(
        _ number: NationalNumber, _ rows: [EvidenceRow], _ roundID: String, of actor: Actor, attempt: String, at time: Instant,
        in connection: any Connection
    ) throws {
        guard let person = try store.person(actor.id, in: connection), try store.nationalNumber(of: actor.id, in: connection) == nil else {
            throw IdentityError.numberTaken
        }
        guard try store.claim(.national(number), for: actor.id, at: time, in: connection) else {
            // Perhaps nobody has registered by it, and a parent acts by it.
            throw try store.account(.national(number), in: connection) == nil ? IdentityError.numberHeld : IdentityError.numberTaken
        }
        for row in rows { try store.add(row, about: actor.id, in: connection) }
        try tell(of: rows, about: person, in: connection)
        try store.raise(proof: store.ledger(of: actor.id, in: connection).proofLevel(), of: actor.id, in: connection)
        try store.takeBackAttempt(attempt, in: connection)
        try auditLog.record(
            AuditEntry(
                subjectID: actor.id, actor: actor, action: .credential, what: "identity.number-added", basis: .request(roundID),
                fields: ["nationalNumber"], at: time), in: connection)
        try postman.send(
            Notice(
                recipientID: actor.id, bodyID: Identity.ownerID, template: "identity.number-added",
                values: ["time": Formats.dateTime(time, in: person.language)], link: "/me/identity",
                idempotencyKey: "identity.number-added:\(roundID)"), in: connection)
    }
}
