public import Contracts
public import Database
import HTTPTypes
public import Logging
public import Trust
public import Values
public import Web

extension SignedExchange {
    /// How a gateway that stands at a body and the centre sign to one another.
    static let centre = SignedExchange(tag: "zamin-centre")
}

/// What gateways at bodies get of the centre, and tell it: agreements and keys, whether a consent stands, and whom somebody looked at. None
/// of it is on the way of a message: gateways go on by what they have when the centre cannot be reached, except where a message rests on
/// consent.
public struct Centre: Sendable {
    /// How long a gateway may go on by what it heard last.
    static let validSeconds: Int64 = 3 * 86_400
    static let looksMax = 500

    private let database: any Database
    private let store = SpineStore()
    private let services: RegisterDirectory
    private let key: SigningKey
    private let base: BaseURL
    private let consents: any ConsentRegister
    private let audit: any AuditLog
    private let people: any People
    private let window: ReplayWindow

    /// - Parameters:
    ///   - key: by which the centre signs its answers.
    ///   - baseURL: scheme and host with port under which gateways call: part of what they sign.
    ///   - services: what registers answer, as gateways are told.
    /// - Throws: `SpineError.setting`.
    public init(
        database: any Database, key: SigningKey, baseURL: String, services: RegisterDirectory, consents: any ConsentRegister, audit: any AuditLog,
        people: any People, clock: TimeSource
    ) throws(SpineError) {
        (self.database, self.key, self.services) = (database, key, services)
        (self.consents, self.audit, self.people) = (consents, audit, people)
        base = try BaseURL(setting: baseURL)
        // The three calls do the same when they are done twice: what was signed before this process started may be believed.
        window = ReplayWindow(now: clock.now().adding(seconds: -75))
    }

    public var routes: [Route] {
        func post(_ path: String, _ operation: String, _ summary: String, _ answer: @escaping @Sendable (JSON, Peer, Call) async throws -> JSON) -> Route {
            .api(
                .post, path, for: .signedPeer(reason: "RFC 9421 signature of a gateway that is registered"), operation, summary,
                answers: [.init(200, "The answer, signed", schema: ["type": "object"])], rate: .busy, bodyLimit: 1024 * 1024
            ) { call in try await signed(call, answer) }
        }
        return [
            post("/spine/configuration", "spine.configuration", "Agreements, keys and gateways that concern the calling gateway", configuration),
            post("/spine/consent", "spine.consent", "A consent by which the calling gateway is asked, or asks", consent),
            post("/spine/looks", "spine.looks", "Looks at people's data that the calling gateway let through", looks),
        ]
    }

    private func signed(_ call: Call, _ answer: @Sendable (JSON, Peer, Call) async throws -> JSON) async throws -> Reply {
        let message = SignableMessage.request(
            method: call.method.rawValue, target: base.target(call.path), headers: call.headers.map { .init($0.name.rawName, $0.value) })
        let store = store
        let gateways = try await database.read { try store.gateways(in: $0) }
        let signature: MessageSignature
        do {
            signature = try SignedExchange.centre.verify(request: message, body: call.body, now: call.time) { id in
                gateways.first { $0.key.keyID == id }?.key
            }
        } catch { throw Problem(401, "spine.not-trusted", ["reason": error.description]) }
        guard let gateway = gateways.first(where: { $0.key.keyID == signature.parameters.keyID }), window.admit(signature.parameters, now: call.time) else {
            throw Problem(401, "spine.not-trusted", ["reason": "replayed"])
        }
        return try SignedExchange.centre.reply(
            200, try await answer(try call.json(), gateway, call).bytes, to: message, by: key, now: call.time)
    }

    /// `{"known": edition}` → the configuration, or `{"edition", "validSeconds"}` alone when it is the same still.
    private func configuration(_ question: JSON, _ gateway: Peer, _ call: Call) async throws -> JSON {
        let (store, services) = (store, services)
        let configuration = try await database.read { connection -> CentreConfiguration? in
            guard try store.edition(in: connection) != question["known"]?.int else { return nil }
            return try store.configuration(of: gateway.bodies, services: services, in: connection)
        }
        var answer = configuration?.json ?? ["edition": question["known"] ?? .null]
        answer["validSeconds"] = .int(Centre.validSeconds)
        return answer
    }

    /// `{"id"}` → `{"consent"}`, null when there is none that concerns the gateway.
    private func consent(_ question: JSON, _ gateway: Peer, _ call: Call) async throws -> JSON {
        guard let id = question["id"]?.string, let consent = try await consents.consent(id) else { return ["consent": .null] }
        let store = store
        let provider = try await database.read { try store.latest(consent.agreementID, in: $0) }.flatMap { try? JSON.parse($0.content)["provider"]?.string }
        guard gateway.speaks(for: consent.consumerID) || provider.map(gateway.speaks(for:)) == true else { return ["consent": .null] }
        return ["consent": consent.json]
    }

    /// `{"looks": [{"id", "entry"}, …]}` → `{"taken"}`. Each is written to the person's list once, however often it is told.
    private func looks(_ told: JSON, _ gateway: Peer, _ call: Call) async throws -> JSON {
        guard let list = told["looks"]?.array, list.count <= Centre.looksMax else { throw Problem.unreadableRequest("looks") }
        let looks = list.compactMap { item in item["id"]?.string.flatMap { id in item["entry"].flatMap(Look.init).map { (id, $0) } } }
        guard looks.count == list.count, looks.allSatisfy({ gateway.speaks(for: $0.1.bodyID) && UUIDv7.isWellFormed($0.0) }) else {
            throw Problem.unreadableRequest("looks")
        }
        let (store, audit, people, time, id) = (store, audit, people, call.time, gateway.key.keyID)
        try await database.write { connection in
            for (lookID, look) in looks where try store.take(look: lookID, from: id, at: time, in: connection) {
                // Who is not registered has no list yet.
                guard let subject = try look.subjectID ?? look.number.flatMap({ try people.subject(nationalNumber: $0, in: connection) }) else { continue }
                // When she sees it, the signed agreement says, and not who looked.
                let agreement = try store.latest(look.agreementID, in: connection).flatMap { try? Agreement(json: try JSON.parse($0.content)) }
                let visibility = agreement.flatMap { $0.consumerID == look.bodyID ? $0.visibility : nil } ?? .now
                try audit.record(look.entry(about: subject, visibility), in: connection)
            }
        }
        return ["taken": .int(Int64(looks.count))]
    }
}

extension SignedExchange {
    /// An answer with its digest and signature.
    func reply(_ status: Int, _ body: [UInt8], to request: SignableMessage, by key: SigningKey, now: Instant) throws -> Reply {
        var reply = Reply(status: status, headers: [.contentType: "application/json"], body: body)
        let bare = SignableMessage.response(status: status, headers: [], to: request)
        for header in try signed(answer: bare, body: body, by: key, now: now).headers {
            if let name = HTTPField.Name(header.name) { reply.headers.append(HTTPField(name: name, value: header.value)) }
        }
        return reply
    }
}

extension ConsentGrant {
    var json: JSON {
        .members([
            "id": .string(id), "subject": .string(subjectID), "mark": .string(personMark), "consumer": .string(consumerID),
            "agreement": .string(agreementID), "purpose": .string(purpose), "operations": .strings(operations), "fields": .strings(fields),
            "given": .int(givenAt.microseconds), "until": .int(validUntil.microseconds), "revoked": revokedAt.map { .int($0.microseconds) },
        ])
    }

    /// Nil for any other shape.
    init?(json: JSON) {
        guard let id = json["id"]?.string, let subject = json["subject"]?.string, let mark = json["mark"]?.string,
            let consumer = json["consumer"]?.string, let agreement = json["agreement"]?.string, let purpose = json["purpose"]?.string,
            let operations = json["operations"]?.array, let fields = json["fields"]?.array, let given = json["given"]?.int, let until = json["until"]?.int
        else { return nil }
        self.init(
            id: id, subjectID: subject, personMark: mark, consumerID: consumer, agreementID: agreement, purpose: purpose,
            operations: operations.compactMap(\.string), fields: fields.compactMap(\.string), givenAt: Instant(microseconds: given),
            validUntil: Instant(microseconds: until), revokedAt: json["revoked"]?.int.map(Instant.init(microseconds:)))
    }
}
