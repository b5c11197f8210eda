import Contracts
import Database
import HTTPTypes
import Language
import Logging
import Trust
import Values
import Web

/// The side that answers: believes only what is signed, new and covered, asks the register, lets through what the agreement names.
struct ProviderFace: Sendable {
    let base: BaseURL
    let key: SigningKey
    let consumers: [Peer]
    let registers: [SignedHop]
    let services: RegisterDirectory
    let cache: AgreementCache
    let consents: ConsentCheck
    let rates: AgreementRates
    let window: ReplayWindow
    let log: MessageLog
    let events: EventDesk
    let timeoutMilliseconds: Int64
    let clock: TimeSource

    private static let believedSeconds: Int64 = 75

    /// Nonces are remembered in memory, but the log remembers every message that was answered, whichever process answered it: a message
    /// signed before this process started may be believed.
    static func window(now: Instant) -> ReplayWindow {
        ReplayWindow(ageLimitSeconds: believedSeconds, now: now.adding(seconds: -believedSeconds))
    }

    /// What another body's gateway wants.
    enum Matter: Sendable {
        /// To ask an operation, or to be told of an event from now on.
        case question
        /// What waits under its agreement on an event.
        case events
    }

    func answer(_ call: Call, _ matter: Matter) async throws -> Reply {
        let message = SignableMessage.request(
            method: call.method.rawValue, target: base.target(call.path), headers: call.headers.map { .init($0.name.rawName, $0.value) })
        let table = await cache.table(now: call.time)
        let envelope = try trusted(call, message, consumers + table.gateways)
        var record = record(of: call, envelope)
        let result = await result(call, matter, envelope, table, &record)
        let body = result.json.bytes
        (record.answerHash, record.answerBytes) = (Fingerprint.hex(of: body), body.count)
        record.tookMicroseconds = clock.now().microseconds - record.at.microseconds
        // Nothing leaves that is not in the log.
        do { try await log.keep(record, effect: result.effect) } catch DatabaseError.constraint {
            // The message's row is there already: another process, or this one before it started again, has answered it.
            throw ProviderFace.refusal("replayed")
        } catch { throw Problem.unavailable }
        return try signed(body, status: result.status, to: message)
    }

    /// The envelope, once signature, digest, sender and nonce are found right.
    private func trusted(_ call: Call, _ message: SignableMessage, _ peers: [Peer]) throws(Problem) -> SpineEnvelope {
        let signature: MessageSignature
        do {
            signature = try SpineEnvelope.exchange.verify(request: message, body: call.body, now: call.time) { id in
                peers.first { $0.key.keyID == id }?.key
            }
        } catch {
            throw ProviderFace.refusal(error.description)
        }
        guard let envelope = SpineEnvelope(call.headers) else { throw ProviderFace.refusal("malformed envelope") }
        // Who takes the rest speaks for none of those that have a gateway of their own.
        let speakers = peers.filter { $0.bodies?.contains(envelope.consumerID) == true }
        guard (speakers.isEmpty ? peers.filter { $0.bodies == nil } : speakers).contains(where: { $0.key.keyID == signature.parameters.keyID }) else {
            throw ProviderFace.refusal("the sender does not speak for \(envelope.consumerID)")
        }
        guard window.admit(signature.parameters, now: call.time) else { throw ProviderFace.refusal("replayed") }
        return envelope
    }

    private static func refusal(_ reason: String) -> Problem { Problem(401, "spine.not-trusted", ["reason": reason]) }

    private struct Result {
        let status: Int
        let json: JSON
        /// What is written together with the message.
        var effect: (@Sendable (any Connection) throws -> Void)?
    }

    private func result(
        _ call: Call, _ matter: Matter, _ envelope: SpineEnvelope, _ table: AgreementTable, _ record: inout MessageRecord
    ) async -> Result {
        let operationID = call.parameter("operation")
        guard let operation = (table.services ?? services).operation(operationID) else {
            (record.decision, record.outcome) = (AgreementRefusal.otherOperation.rawValue, "refused")
            return ProviderFace.refused(.otherOperation, call)
        }
        record.bodyID = operation.ownerID
        let request = AgreementRequest(
            consumerID: envelope.consumerID, providerID: operation.ownerID, operation: operationID, purpose: envelope.purpose,
            basis: envelope.basis, actorKind: envelope.actor.kind, office: envelope.actor.office?.organisation,
            assurance: envelope.actor.assurance, day: IsraelTime.date(call.time))
        switch table.find(id: envelope.agreementID, version: envelope.agreementVersion, for: request) {
        case .failure(let refusal):
            (record.decision, record.outcome) = (refusal.rawValue, "refused")
            return ProviderFace.refused(refusal, call)
        case .success(let live):
            // Of events each rests on what its own following rests on.
            if matter == .question, let refusal = await consentRefusal(of: request, under: live.agreement, call, &record) { return refusal }
            guard rates.admit(live.agreement, now: call.time) else {
                (record.decision, record.outcome) = (AgreementRefusal.tooOften.rawValue, "refused")
                return Result(status: 429, json: ["error": "unavailable", "reason": .string(AgreementRates.usedUp)])
            }
            record.decision = "permit"
            return switch (matter, operation.path) {
            case (.events, _): await waiting(call, operation, request, live, &record)
            case (.question, let path?): await look(call, envelope, operation, path, live, &record)
            case (.question, nil): follow(call, envelope, operation, live, &record)
            }
        }
    }

    /// Consent is held against the question here too: the asking side may not have seen that it was taken back, or not have looked.
    private func consentRefusal(
        of request: AgreementRequest, under agreement: Agreement, _ call: Call, _ record: inout MessageRecord
    ) async -> Result? {
        guard case .consent = request.basis else { return nil }
        do {
            let number = (try? JSON.parse(call.body))?["parameters"]?["nationalNumber"]?.string ?? ""
            guard let refusal = try await consents.refusal(of: request, under: agreement, number: number, subjectID: nil, at: call.time) else { return nil }
            (record.decision, record.outcome) = (refusal.rawValue, "refused")
            return ProviderFace.refused(refusal, call)
        } catch {
            record.outcome = "unavailable"
            return Result(status: 503, json: ["error": "unavailable", "reason": .string(ConsentCheck.unreadable)])
        }
    }

    private static func refused(_ refusal: AgreementRefusal, _ call: Call) -> Result {
        Result(status: 403, json: ["error": "not-covered", "reason": .string("\(call.parameter("operation")): \(refusal.rawValue)")])
    }

    private func look(
        _ call: Call, _ envelope: SpineEnvelope, _ operation: RegisterDirectory.Operation, _ path: String, _ live: LiveAgreement,
        _ record: inout MessageRecord
    ) async -> Result {
        guard let parameters = (try? JSON.parse(call.body))?["parameters"], parameters.object != nil else { return ProviderFace.malformed(&record) }
        guard let register = registers.first(where: { $0.peer.speaks(for: operation.ownerID) }) else {
            record.outcome = "unavailable"
            return Result(status: 503, json: ["error": "unavailable", "reason": "no register is known"])
        }
        let headers: [SignableMessage.Header] = [
            .init("Spine-Client", SpineField.encoded(envelope.consumerID)), .init("Spine-Purpose", SpineField.encoded(envelope.purpose)),
        ]
        do {
            let answer = try await register.ask(
                path, headers: headers, body: parameters.bytes, timeoutMilliseconds: timeoutMilliseconds)
            return try passed(answer, live, &record)
        } catch {
            record.outcome = error.exchangeError
            return switch error {
            case .unavailable(let reason): Result(status: 503, json: ["error": "unavailable", "reason": .string(reason)])
            case .untrusted(let reason): Result(status: 502, json: ["error": "untrusted", "reason": .string(reason)])
            }
        }
    }

    private static func malformed(_ record: inout MessageRecord) -> Result {
        record.outcome = "malformed"
        return Result(status: 400, json: ["error": "malformed"])
    }

    private func follow(
        _ call: Call, _ envelope: SpineEnvelope, _ operation: RegisterDirectory.Operation, _ live: LiveAgreement, _ record: inout MessageRecord
    ) -> Result {
        guard let parameters = (try? JSON.parse(call.body))?["parameters"],
            let effect = events.following(parameters, envelope, operation.id, live.agreement, at: call.time)
        else { return ProviderFace.malformed(&record) }
        record.outcome = "answered"
        return Result(status: 200, json: ["value": [:]], effect: effect)
    }

    private func waiting(
        _ call: Call, _ operation: RegisterDirectory.Operation, _ request: AgreementRequest, _ live: LiveAgreement, _ record: inout MessageRecord
    ) async -> Result {
        guard operation.path == nil, let question = try? JSON.parse(call.body), let after = question["after"]?.int, after >= 0,
            let limit = question["limit"]?.int
        else { return ProviderFace.malformed(&record) }
        do {
            let page = try await events.page(of: operation.id, under: live, after: after, limit: limit, at: call.time)
            var passed: [JSON] = []
            for (event, number, following) in page.events {
                var held = request
                (held.purpose, held.basis) = (following.purpose, following.basis)
                let refusal = try await consents.refusal(of: held, under: live.agreement, number: event.subject, subjectID: nil, at: call.time)
                // A consent that was taken back ends what rested on it.
                guard refusal == nil, live.agreement.refusal(of: held) == nil else { continue }
                passed.append(["event": event.json, "number": .int(number), "following": .string(following.id)])
            }
            // Most fetches bring nothing; statistics count them apart.
            record.outcome = passed.isEmpty ? "empty" : "answered"
            return Result(status: 200, json: ["events": .array(passed), "next": .int(page.next), "gap": .bool(page.hasGap)])
        } catch {
            record.outcome = "unavailable"
            return Result(status: 503, json: ["error": "unavailable", "reason": "what waits cannot be read"])
        }
    }

    private func passed(_ answer: SignedHop.Answer, _ live: LiveAgreement, _ record: inout MessageRecord) throws(HopFailure) -> Result {
        switch answer.status {
        case 200:
            guard let value = try? JSON.parse(answer.body), value.object != nil else {
                throw .untrusted("the register's answer is no JSON object")
            }
            let (passed, dropped) = live.minimiser.pass(value)
            (record.dropped, record.outcome) = (dropped, "answered")
            return Result(status: 200, json: ["value": passed])
        case 404:
            record.outcome = "unknown"
            return Result(status: 404, json: ["error": "unknown"])
        default: throw .untrusted("the register answered \(answer.status)")
        }
    }

    private func record(of call: Call, _ envelope: SpineEnvelope) -> MessageRecord {
        MessageRecord(
            bodyID: "", id: envelope.messageID, face: .provider, otherID: envelope.consumerID, operation: call.parameter("operation"),
            agreementID: envelope.agreementID, agreementVersion: envelope.agreementVersion, purpose: envelope.purpose,
            basis: envelope.basis,
            actor: envelope.actor.field.text, caseID: envelope.caseID, subjectID: nil, requestHash: Fingerprint.hex(of: call.body),
            requestBytes: call.body.count, decision: "none", outcome: "none", at: call.time)
    }

    private func signed(_ body: [UInt8], status: Int, to request: SignableMessage) throws -> Reply {
        try SpineEnvelope.exchange.reply(status, body, to: request, by: key, now: clock.now())
    }
}
