public import Contracts
import Database
import Language
public import Trust
import Values

/// At the body that keeps a register: who is told when something about a person changes, and what waits to be told.
struct EventDesk: Sendable {
    /// How long an event waits to be fetched.
    static let keptDays = 90
    static let pageMax: Int64 = 100
    private static let scope = "spine-events"

    let database: any Database
    let vault: Vault
    let store = EventStore()

    /// The person as rows of followings name her.
    static func person(_ number: String, _ vault: Vault) -> String { vault.blindIndex(number, scope: scope) }

    /// Takes what a register tells: an event lies there for each body that follows the person under an agreement in force, with what
    /// this lets through. What was told before is not told again.
    func tell(_ event: CloudEvent, ownerID: String, _ table: AgreementTable, at time: Instant) async throws {
        let (store, vault, day) = (store, vault, IsraelTime.date(time))
        let person = EventDesk.person(event.subject, vault)
        try await database.write { connection in
            guard try store.insertChange(event, ownerID: ownerID, at: time, in: connection) else { return }
            for following in try store.followings(of: person, operation: event.type, on: day, in: connection) {
                guard let live = table.agreement(of: following) else { continue }
                let number = try store.nextNumber(following.agreementID, following.operation, in: connection)
                let passed = event.with(data: live.minimiser.pass(event.data).value)
                let sealed = try vault.seal(text: passed.json.text, scope: EventDesk.scope, context: EventDesk.context(following, number))
                try store.insert(number: number, following, sealed: sealed, at: time, in: connection)
            }
            try store.forget(before: time.adding(days: -Int64(EventDesk.keptDays)), in: connection)
        }
    }

    private static func context(_ following: Following, _ number: Int64) -> String { "\(following.agreementID) \(following.operation) \(number)" }

    /// What asking an event's operation means: from now on, until a day, the body is told. A day that is over ends it.
    ///
    /// - Parameter parameters: `nationalNumber`, and `until` (YYYY-MM-DD; the agreement's end when it is missing or later).
    /// - Returns: what is to be written with the message; nil when the parameters cannot be read.
    func following(
        _ parameters: JSON, _ envelope: SpineEnvelope, _ operation: String, _ agreement: Agreement, at time: Instant
    ) -> (@Sendable (any Connection) throws -> Void)? {
        guard let number = parameters["nationalNumber"]?.string, NationalNumber(number)?.digits == number else { return nil }
        var until = agreement.validUntil
        if let text = parameters["until"]?.string {
            guard let wanted = CalendarDate(text) else { return nil }
            until = min(wanted, until)
        }
        let following = Following(
            id: envelope.messageID, agreementID: agreement.id, consumerID: envelope.consumerID, operation: operation, purpose: envelope.purpose,
            basis: envelope.basis, since: time, until: until)
        let (store, person, isOver) = (store, EventDesk.person(number, vault), until < IsraelTime.date(time))
        return { connection in
            if isOver {
                try store.stopFollowing(person: person, operation: operation, agreementID: following.agreementID, in: connection)
            } else {
                try store.follow(following, person: person, in: connection)
            }
        }
    }

    /// A page of what waits under an agreement.
    struct Page: Sendable {
        let events: [(event: CloudEvent, number: Int64, following: Following)]
        /// Where the next page begins.
        let next: Int64
        /// Events behind the number that was asked for are kept no longer.
        let hasGap: Bool
    }

    func page(of operation: String, under live: LiveAgreement, after number: Int64, limit: Int64, at time: Instant) async throws -> Page {
        let (store, vault, id) = (store, vault, live.agreement.id)
        let limit = Int(min(max(1, limit), EventDesk.pageMax))
        return try await database.read { connection in
            let last = try store.last(id, operation, in: connection)
            let first = try store.firstKept(id, operation, in: connection) ?? last + 1
            let hasGap = number > last || (number < last && number + 1 < first)
            let rows = try store.events(id, operation, after: min(number, last), limit: limit, on: IsraelTime.date(time), in: connection)
            let events = try rows.map { row in
                let text = try vault.openText(row.sealed, scope: EventDesk.scope, context: EventDesk.context(row.following, row.number))
                guard let event = CloudEvent(try JSON.parse(text)) else { throw VaultError.notText }
                // The agreement may let less through by now.
                return (event.with(data: live.minimiser.pass(event.data).value), row.number, row.following)
            }
            return Page(events: events, next: events.count < limit ? last : rows.last?.number ?? last, hasGap: hasGap)
        }
    }
}

extension Spine {
    /// Who follows a person at the gateways that write into this database.
    public static func references(vault: Vault) -> any ReferenceDirectory { Followings(vault: vault) }
}

private struct Followings: ReferenceDirectory {
    let vault: Vault

    func references(to nationalNumber: String, on day: CalendarDate, in connection: any Connection) throws -> [BodyReference] {
        try EventStore().followings(of: EventDesk.person(nationalNumber, vault), on: day, in: connection).map {
            BodyReference(bodyID: $0.consumerID, operation: $0.operation, agreementID: $0.agreementID, since: $0.since, until: $0.until)
        }
    }
}
