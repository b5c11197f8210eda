import Database
import HTTPTypes
import Language
import Trust
import Values
import Web

/// The interface for merchants.
extension Acquirer {
    private static let audience = Audience.client(scope: MerchantAuthenticator.scope)

    var merchantRoutes: [Route] {
        let answer = [Route.Answer(200, "The payment", schema: AcquirerSchemas.payment)]
        return [
            .api(
                .post, "/v1/payments", for: Acquirer.audience, "acquirer.createPayment", "Asks for a payment; needs Idempotency-Key",
                body: AcquirerSchemas.order,
                answers: [.init(201, "The payment, with the page to send the person to", schema: AcquirerSchemas.payment)],
                rate: .busy, create),
            .api(
                .get, "/v1/payments", for: Acquirer.audience, "acquirer.findPayments", "Payments by the merchant's reference",
                query: [.init("reference", "The merchant's reference", required: true)],
                answers: [.init(200, "The payments, oldest first", schema: AcquirerSchemas.payments)], rate: .busy, find),
            .api(
                .get, "/v1/payments/{id}", for: Acquirer.audience, "acquirer.showPayment", "A payment", answers: answer, rate: .busy, show),
            .api(
                .post, "/v1/payments/{id}/capture", for: Acquirer.audience, "acquirer.capture",
                "Takes money that is held; needs Idempotency-Key", body: AcquirerSchemas.sum, answers: answer, rate: .busy
            ) { call in try await change(call) { charge, sum, time throws(AcquirerError) in try charge.capture(sum, at: time) } },
            .api(
                .post, "/v1/payments/{id}/cancel", for: Acquirer.audience, "acquirer.cancel",
                "Gives a payment up before money was taken; needs Idempotency-Key", body: ["type": "object"], answers: answer, rate: .busy
            ) { call in try await change(call) { charge, _, time throws(AcquirerError) in try charge.cancel(at: time) } },
            .api(
                .post, "/v1/payments/{id}/refunds", for: Acquirer.audience, "acquirer.refund", "Gives money back; needs Idempotency-Key",
                body: AcquirerSchemas.sum, answers: answer, rate: .busy
            ) { call in try await change(call) { charge, sum, time throws(AcquirerError) in try charge.refund(sum, at: time) } },
        ]
    }

    private func create(_ call: Call) async throws -> Reply {
        let (order, now) = (try call.json(), settings.clock.now())
        let returnURL = order["returnUrl"]?.string ?? ""
        let origins = settings.merchant(call.actor.id)?.returnOrigins ?? []
        guard origins.contains(where: { returnURL.hasPrefix($0 + "/") }), returnURL.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw AcquirerError.returnElsewhere
        }
        let expiresAt = now.adding(seconds: settings.sessionSeconds)
        let charge = Charge(
            id: UUIDv7.next(at: now), merchantID: call.actor.id, reference: order["reference"]?.string ?? "",
            amount: Money(minorUnits: order["amount"]?.int ?? 0, currency: order["currency"]?.string ?? "ILS"),
            description: order["description"]?.string ?? "",
            language: order["language"]?.string.flatMap(Language.init(rawValue:)) ?? .standard, returnURL: returnURL,
            isManual: order["capture"]?.string == "manual", token: RandomToken.make(bytes: 24), createdAt: now,
            expiresAt: expiresAt, changedAt: now, dueAt: expiresAt)
        return try await once(call) { connection in
            try book.open(charge, in: connection)
            return (201, charge.json(baseURL: settings.baseURL))
        }
    }

    private func find(_ call: Call) async throws -> Reply {
        guard let reference = call.query["reference"] else { throw Problem.invalid([FieldFault("/reference", "required")]) }
        let charges = try await database.read { try book.store.list(reference: reference, of: call.actor.id, in: $0) }
        return .json(["payments": .array(charges.map { $0.json(baseURL: settings.baseURL) })])
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call.id("id")
        let found = try await database.write { try book.store.find(id, of: call.actor.id, in: $0) }
        guard let charge = found else { throw Problem.notFound }
        return .json(charge.json(baseURL: settings.baseURL))
    }

    private func change(
        _ call: Call, _ move: @escaping @Sendable (inout Charge, Int64, Instant) throws(AcquirerError) -> Void
    ) async throws -> Reply {
        let (id, sum, now) = (try call.id("id"), try call.json()["amount"]?.int ?? 0, settings.clock.now())
        return try await once(call) { connection in
            guard let charge = try book.store.find(id, of: call.actor.id, in: connection) else { throw Problem.notFound }
            var changed = charge
            changed.advance(to: now)
            try move(&changed, sum, now)
            try book.save([changed], after: charge, in: connection)
            return (200, changed.json(baseURL: settings.baseURL))
        }
    }

    /// Does a thing once per idempotency key: the same call again gets the same answer, another call under the key is refused.
    private func once(_ call: Call, _ work: @escaping @Sendable (any Connection) throws -> (Int, JSON)) async throws -> Reply {
        guard let name = HTTPField.Name("Idempotency-Key"), let key = call.headers[name], (1...128).contains(key.utf8.count) else {
            throw AcquirerError.keyMissing
        }
        let fingerprint = Fingerprint.hex(of: "\(call.method.rawValue) \(call.path)\n\(try call.json().text)")
        let attempt = { @Sendable (connection: any Connection) throws -> AcquirerStore.GivenAnswer in
            if let given = try book.store.answer(key, of: call.actor.id, in: connection) {
                guard given.fingerprint == fingerprint else { throw AcquirerError.keyReused }
                return given
            }
            let (status, content) = try work(connection)
            let fresh = AcquirerStore.GivenAnswer(fingerprint: fingerprint, status: status, content: content.text)
            try book.store.keep(fresh, key: key, of: call.actor.id, at: settings.clock.now(), in: connection)
            return fresh
        }
        let answer: AcquirerStore.GivenAnswer
        do { answer = try await database.write(attempt) } catch let error as DatabaseError where error.isUniqueViolation {
            // The same call came twice at once; the other one was first, and its answer is there now.
            answer = try await database.write(attempt)
        }
        return Reply(status: answer.status, headers: [.contentType: "application/json"], body: Array(answer.content.utf8))
    }
}
