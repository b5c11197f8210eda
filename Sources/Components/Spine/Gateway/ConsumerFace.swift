import Contracts
import Database
import Language
import Logging
import Trust
import Values
import Web

/// The side that asks: decides by the agreement, signs, sends to the provider's gateway, checks what comes back, writes the log.
struct ConsumerFace: Sendable {
    let hops: Hops
    let services: RegisterDirectory
    let cache: AgreementCache
    let consents: ConsentCheck
    let rates: AgreementRates
    let log: MessageLog
    let database: any Database
    let timeoutMilliseconds: Int64
    let namesPeopleByNumber: Bool
    let clock: TimeSource

    func ask(_ question: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer {
        let (request, began) = (question.inTheAskersPosition, clock.now())
        let body = JSON.object(["parameters": .object(request.parameters.mapValues(JSON.string))]).bytes
        var record = record(of: request, body, began)
        let table = await cache.table(now: began)
        guard let operation = (table.services ?? services).operation(request.operation) else {
            throw await refuse(&record, "no register answers \(request.operation)", .noAgreement)
        }
        record.otherID = operation.ownerID
        let covering = try await covering(request.held(against: operation.ownerID, on: began), of: request, table, &record)
        let (live, hop) = try await way(to: operation, covering, request, table, &record)
        do {
            let (value, dropped) = try await fetch(request, live, hop, body, &record)
            record.dropped = dropped
            let entry = subject(of: request).map { look(at: $0, request, live, value, at: began) }
            try await keep(finished(&record, value == nil ? "unknown" : "answered"), entry.map { [$0] } ?? [])
            return ExchangeAnswer(value: value, ownerID: operation.ownerID, agreementID: live.agreement.id, at: began)
        } catch {
            if error.isWorthALine { await log.note(finished(&record, error.outcome)) }
            throw error
        }
    }

    /// The agreement, once it lets the question through and is not used up, and the gateway of the other side.
    func way(
        to operation: RegisterDirectory.Operation, _ found: Result<LiveAgreement, AgreementRefusal>, _ request: ExchangeRequest, _ table: AgreementTable,
        _ record: inout MessageRecord
    ) async throws(ExchangeError) -> (LiveAgreement, SignedHop) {
        let live: LiveAgreement
        switch found {
        case .success(let agreement): live = agreement
        case .failure(let refusal): throw await refuse(&record, "\(request.consumerID) \(request.operation): \(refusal.rawValue)", refusal)
        }
        (record.agreementID, record.agreementVersion, record.decision) = (live.agreement.id, live.agreement.version, "permit")
        guard rates.admit(live.agreement, now: record.at) else {
            record.decision = AgreementRefusal.tooOften.rawValue
            await log.note(finished(&record, "refused"))
            throw .unavailable(AgreementRates.usedUp)
        }
        guard let hop = hops.hop(to: operation.ownerID, listed: table.gateways) else {
            await log.note(finished(&record, "unavailable"))
            throw .unavailable("no gateway is known for \(operation.ownerID)")
        }
        return (live, hop)
    }

    /// The agreement that lets the question through, the consent that it may rest on looked up.
    private func covering(
        _ held: AgreementRequest, of request: ExchangeRequest, _ table: AgreementTable, _ record: inout MessageRecord
    ) async throws(ExchangeError) -> Result<LiveAgreement, AgreementRefusal> {
        let found = table.find(held)
        guard case .success(let live) = found, case .consent = request.basis else { return found }
        let refusal: AgreementRefusal?
        do {
            refusal = try await consents.refusal(
                // Who asks by consent says about whom, so that the person sees it in her list.
                of: held, under: live.agreement, number: request.parameters["nationalNumber"] ?? "",
                subjectID: namesPeopleByNumber ? nil : request.subjectID ?? "", at: record.at)
        } catch {
            await log.note(finished(&record, "unavailable"))
            throw .unavailable(ConsentCheck.unreadable)
        }
        return refusal.map { .failure($0) } ?? found
    }

    private func fetch(
        _ request: ExchangeRequest, _ live: LiveAgreement, _ hop: SignedHop, _ body: [UInt8], _ record: inout MessageRecord
    ) async throws(ExchangeError) -> (JSON?, Int) {
        guard let json = try await send("/incoming/\(request.operation)", request, live, hop, body, &record) else { return (nil, 0) }
        guard let value = json["value"], value.object != nil else { throw .untrusted("the answer has no value") }
        // The provider has done this already. A peer that sends more than was agreed gets no further than here.
        return live.minimiser.pass(value)
    }

    /// - Returns: nil when the other side knows nothing.
    func send(
        _ path: String, _ request: ExchangeRequest, _ live: LiveAgreement, _ hop: SignedHop, _ body: [UInt8], _ record: inout MessageRecord
    ) async throws(ExchangeError) -> JSON? {
        let envelope = SpineEnvelope(
            messageID: record.id, consumerID: request.consumerID, purpose: request.purpose, basis: request.basis, agreementID: live.agreement.id,
            agreementVersion: live.agreement.version, caseID: request.caseID, actor: ActorMark(request.actor))
        let answer: SignedHop.Answer
        do {
            answer = try await hop.ask(path, headers: envelope.headers, body: body, timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            switch error {
            case .unavailable(let reason): throw .unavailable(reason)
            case .untrusted(let reason): throw .untrusted(reason)
            }
        }
        (record.answerHash, record.answerBytes) = (Fingerprint.hex(of: answer.body), answer.body.count)
        guard let json = try? JSON.parse(answer.body) else { throw .untrusted("the answer is not JSON") }
        switch answer.status {
        case 200: return json
        case 404: return nil
        case 403: throw .notCovered(json["reason"]?.string ?? "refused by the provider")
        case 502: throw .untrusted("the register's answer could not be believed")
        case 429, 503: throw .unavailable(json["reason"]?.string ?? "the register is not available")
        default: throw .untrusted("status \(answer.status)")
        }
    }

    func record(of request: ExchangeRequest, _ body: [UInt8], _ began: Instant) -> MessageRecord {
        MessageRecord(
            bodyID: request.consumerID, id: UUIDv7.next(at: began), face: .consumer, otherID: "", operation: request.operation,
            purpose: request.purpose, basis: request.basis, actor: ActorMark(request.actor).field.text, caseID: request.caseID,
            subjectID: request.subjectID, requestHash: Fingerprint.hex(of: body), requestBytes: body.count, decision: "none",
            outcome: "none", at: began)
    }

    func finished(_ record: inout MessageRecord, _ outcome: String) -> MessageRecord {
        record.outcome = outcome
        record.tookMicroseconds = clock.now().microseconds - record.at.microseconds
        return record
    }

    func refuse(_ record: inout MessageRecord, _ reason: String, _ refusal: AgreementRefusal) async -> ExchangeError {
        record.decision = refusal.rawValue
        await log.note(finished(&record, "refused"))
        return .notCovered(reason)
    }

    /// Whose list the look belongs into.
    private func subject(of request: ExchangeRequest) -> String? {
        guard namesPeopleByNumber else { return request.subjectID }
        return request.parameters["nationalNumber"].map { "\(Look.numberPrefix)\($0)" }
    }

    /// What the person sees of it.
    func look(at subject: String, _ request: ExchangeRequest, _ live: LiveAgreement, _ value: JSON?, at time: Instant) -> AuditEntry {
        var entry = AuditEntry(
            subjectID: subject, actor: request.actor, action: .fetch, what: "register.\(request.operation)", caseID: request.caseID,
            basis: request.basis, fields: value.map(live.labels) ?? [], at: time)
        entry.bodyID = request.consumerID
        entry.agreementID = live.agreement.id
        entry.law = live.agreement.law
        entry.visibility = live.agreement.visibility
        return entry
    }

    /// Nothing is handed on that is not in the log.
    func keep(_ record: MessageRecord, _ entries: [AuditEntry]) async throws(ExchangeError) {
        do { try await log.keep(record, entries) } catch { throw .unavailable("the log cannot be written") }
    }
}

extension ExchangeRequest {
    /// Somebody who asks about herself asks as a person, whatever office she has chosen to act in.
    var inTheAskersPosition: ExchangeRequest {
        guard subjectID == actor.id, actor.organisation != nil else { return self }
        var request = self
        request.actor.capacity = .own
        return request
    }

    /// The question as an agreement sees it.
    func held(against ownerID: String, on time: Instant) -> AgreementRequest {
        AgreementRequest(
            consumerID: consumerID, providerID: ownerID, operation: operation, purpose: purpose, basis: basis,
            actorKind: actor.kind, office: actor.organisation, assurance: actor.assurance, day: IsraelTime.date(time))
    }
}

extension ExchangeError {
    var outcome: String {
        switch self {
        case .notCovered: "refused";
        case .unavailable: "unavailable";
        case .untrusted: "untrusted"
        }
    }
    /// When the log itself failed there is no use in writing to it again.
    var isWorthALine: Bool { self != .unavailable("the log cannot be written") }
}
