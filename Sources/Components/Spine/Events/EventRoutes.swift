import Contracts
import HTTPTypes
import Values
import Web

/// Events at a gateway: registers tell, other bodies fetch, the body's own systems read.
extension Gateway {
    /// For the register behind this gateway.
    var changes: Route {
        let (provider, locals) = (provider, locals)
        return .api(
            .post, "/changes", for: LocalSystems.audience, "spine.changes", "A register tells that something about a person changed (CloudEvents 1.0)",
            body: EventWire.schema, answers: [.init(204, "It is kept for every body that follows the person")], rate: .busy
        ) { call in
            try locals.check(call)
            guard let event = CloudEvent(try call.json()) else { throw Problem.unreadableRequest("CloudEvent") }
            guard try await provider.tell(event, at: call.time) else { throw Problem.notFound }
            return .noContent()
        }
    }

    /// For gateways of bodies that follow.
    var waiting: Route {
        let provider = provider
        return .api(
            .post, "/events/{operation}", for: .signedPeer(reason: "RFC 9421 signature of the consumer's gateway"), "spine.events",
            "Another body's gateway fetches the events that wait for it",
            answers: [
                .init(200, "A page of events, minimised and signed"), .init(403, "Not covered, signed"), .init(429, "The agreement's rate is used up, signed"),
                .init(503, "What waits cannot be read, signed"),
            ], rate: .busy
        ) { call in try await provider.answer(call, .events) }
    }

    /// For the systems of a body that follows.
    var fetching: Route {
        let (consumer, locals) = (consumer, locals)
        return .api(
            .get, "/events/{operation}", for: LocalSystems.audience, "spine.fetching", "A local system fetches what changed about the people it follows",
            query: EventWire.query,
            answers: [
                .init(200, "A page of CloudEvents, and the number to go on from", schema: EventWire.answerSchema), .init(403, "No agreement covers it"),
                .init(502, "An answer came that cannot be believed"), .init(503, "No answer came in time"),
            ], rate: .busy
        ) { call in
            try locals.check(call)
            guard let body = call.query["body"], let purpose = call.query["purpose"], let after = Int64(call.query["after"] ?? "0"), after >= 0,
                let limit = Int(call.query["limit"] ?? "100"), (1...100).contains(limit)
            else { throw Problem.unreadableRequest("body, purpose, after, limit") }
            let feed = EventFeed(consumerID: body, operation: call.parameter("operation"), purpose: purpose)
            do { return .json(EventWire.json(try await consumer.events(feed, after: after, limit: limit))) } catch let error as ExchangeError {
                return .json(ExchangeWire.json(error), status: ExchangeWire.status(error))
            }
        }
    }
}

extension ProviderFace {
    /// - Returns: false when no register behind this gateway tells such events.
    func tell(_ event: CloudEvent, at time: Instant) async throws -> Bool {
        let table = await cache.table(now: time)
        guard let operation = (table.services ?? services).operation(event.type), operation.path == nil,
            registers.contains(where: { $0.peer.speaks(for: operation.ownerID) })
        else { return false }
        try await events.tell(event, ownerID: operation.ownerID, table, at: time)
        return true
    }
}

/// How events are written for a body's own systems.
enum EventWire {
    static let schema: JSON = [
        "type": "object", "required": ["specversion", "id", "source", "type", "subject", "data"],
        "properties": [
            "specversion": ["type": "string", "enum": ["1.0"]], "id": ["type": "string", "minLength": 1, "maxLength": 200],
            "source": ["type": "string", "minLength": 1, "maxLength": 500],
            "type": ["type": "string", "description": "The operation in agreements, such as population.addressChanged"],
            "subject": ["type": "string", "description": "The person's national number, nine digits"],
            "time": ["type": "string", "format": "date-time"], "datacontenttype": ["type": "string", "enum": ["application/json"]],
            "data": ["type": "object", "description": "What holds now"],
        ],
    ]

    static let query: [Route.QueryParameter] = [
        .init("body", "The body that follows", required: true), .init("purpose", "The purpose of its agreement", required: true),
        .init("after", "The number of the last event that was dealt with; 0 at the beginning", schema: ["type": "integer", "minimum": 0]),
        .init("limit", "How many at most", schema: ["type": "integer", "minimum": 1, "maximum": 100]),
    ]

    static let answerSchema: JSON = [
        "type": "object", "required": ["events", "next", "gap"],
        "properties": [
            "events": ["type": "array", "items": schema],
            "next": ["type": "integer", "description": "What to give as `after` once these are dealt with"],
            "gap": ["type": "boolean", "description": "Earlier events were kept no longer: ask for what holds now instead"],
        ],
    ]

    /// Our attributes beside those of CloudEvents: `sequence` (its own extension of that name), `caseid`, `subjectid`.
    static func json(_ page: EventPage) -> JSON {
        ["events": .array(page.events.map(json)), "next": .int(page.next), "gap": .bool(page.hasGap)]
    }

    static func json(_ event: RegisterEvent) -> JSON {
        var json = CloudEvent(
            id: event.id, source: event.source, type: event.operation, subject: event.nationalNumber, time: event.time, data: event.value
        ).json
        json["sequence"] = .string("\(event.number)")
        if let caseID = event.caseID { json["caseid"] = .string(caseID) }
        if let subjectID = event.subjectID { json["subjectid"] = .string(subjectID) }
        return json
    }

    /// Nil for any other shape.
    static func page(_ json: JSON) -> EventPage? {
        guard let list = json["events"]?.array, let next = json["next"]?.int, let hasGap = json["gap"]?.bool else { return nil }
        let events = list.compactMap { json -> RegisterEvent? in
            guard let event = CloudEvent(json), let number = json["sequence"]?.string.flatMap({ Int64($0) }) else { return nil }
            return RegisterEvent(
                id: event.id, source: event.source, operation: event.type, number: number, nationalNumber: event.subject,
                subjectID: json["subjectid"]?.string, caseID: json["caseid"]?.string, time: event.time, value: event.data)
        }
        return events.count == list.count ? EventPage(events: events, next: next, hasGap: hasGap) : nil
    }
}
