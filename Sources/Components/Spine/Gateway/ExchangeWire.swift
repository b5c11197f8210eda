import Contracts
import Values
import Web

/// How a local system's question is written for its gateway, and the answer.
enum ExchangeWire {
    static let requestSchema: JSON = [
        "type": "object", "required": ["consumer", "parameters", "purpose", "basis", "actor"],
        "properties": [
            "consumer": ["type": "string"], "subject": ["type": "string"], "purpose": ["type": "string"], "case": ["type": "string"],
            "parameters": ["type": "object", "additionalProperties": ["type": "string", "maxLength": 500], "maxProperties": 20],
            "basis": [
                "type": "object", "required": ["kind", "reference"],
                "properties": [
                    "kind": ["type": "string", "enum": ["law", "consent", "request"]], "reference": ["type": "string", "maxLength": 200],
                ],
            ],
            "actor": ["type": "object", "required": ["kind", "id", "name"]],
        ],
    ]

    static func json(_ request: ExchangeRequest) -> JSON {
        .members([
            "consumer": .string(request.consumerID), "parameters": .object(request.parameters.mapValues(JSON.string)),
            "subject": request.subjectID.map(JSON.string), "purpose": .string(request.purpose),
            "basis": ["kind": .string(request.basis.kind), "reference": .string(request.basis.reference)],
            "case": request.caseID.map(JSON.string), "actor": json(request.actor),
        ])
    }

    /// Nil for any other shape.
    static func request(_ json: JSON, operation: String) -> ExchangeRequest? {
        guard let consumer = json["consumer"]?.string, let parameters = json["parameters"]?.object, let purpose = json["purpose"]?.string,
            let basis = Basis(kind: json["basis"]?["kind"]?.string ?? "", reference: json["basis"]?["reference"]?.string ?? ""),
            let actor = json["actor"].flatMap(actor)
        else { return nil }
        let texts = parameters.compactMapValues(\.string)
        guard texts.count == parameters.count else { return nil }
        return ExchangeRequest(
            consumerID: consumer, operation: operation, parameters: texts, subjectID: json["subject"]?.string, actor: actor,
            purpose: purpose,
            basis: basis, caseID: json["case"]?.string)
    }

    private static func json(_ actor: Actor) -> JSON {
        var json: JSON = [
            "kind": .string(actor.kind.rawValue), "id": .string(actor.id), "name": .string(actor.name),
            "credential": .int(Int64(actor.assurance.credential)), "proof": .int(Int64(actor.assurance.proof)),
        ]
        switch actor.capacity {
        case .own: break
        case .office(let organisation, let role): json["office"] = ["organisation": .string(organisation), "role": .string(role)]
        case .representative(let organisation): json["representative"] = .string(organisation)
        case .professional(let profession, let licence): json["professional"] = ["profession": .string(profession), "licence": .string(licence)]
        case .attorney(let mandate): json["mandate"] = ["id": .string(mandate.id), "principal": .string(mandate.principalID)]
        }
        return json
    }

    private static func actor(_ json: JSON) -> Actor? {
        guard let kind = json["kind"]?.string.flatMap(Actor.Kind.init), let id = json["id"]?.string, let name = json["name"]?.string else {
            return nil
        }
        var capacity = Capacity.own
        if let organisation = json["office"]?["organisation"]?.string, let role = json["office"]?["role"]?.string {
            capacity = .office(organisation: organisation, role: role)
        } else if let organisation = json["representative"]?.string {
            capacity = .representative(of: organisation)
        } else if let profession = json["professional"]?["profession"]?.string, let licence = json["professional"]?["licence"]?.string {
            capacity = .professional(profession: profession, licence: licence)
        } else if let id = json["mandate"]?["id"]?.string, let principal = json["mandate"]?["principal"]?.string {
            capacity = .attorney(.unread(id, principalID: principal))
        }
        let assurance = Assurance(credential: Int(json["credential"]?.int ?? 0), proof: Int(json["proof"]?.int ?? 0))
        return Actor(kind: kind, id: id, name: name, assurance: assurance, capacity: capacity)
    }

    static let answerSchema: JSON = [
        "type": "object", "required": ["owner", "agreement", "at"],
        "properties": [
            "value": ["type": "object", "description": "What the agreement lets through; absent when the register knows nothing"],
            "owner": ["type": "string"], "agreement": ["type": "string"], "at": ["type": "integer", "description": "Microseconds UTC"],
        ],
    ]

    static func json(_ answer: ExchangeAnswer) -> JSON {
        .members([
            "value": answer.value, "owner": .string(answer.ownerID), "agreement": .string(answer.agreementID),
            "at": .int(answer.at.microseconds),
        ])
    }

    static func answer(_ json: JSON) -> ExchangeAnswer? {
        guard let owner = json["owner"]?.string, let agreement = json["agreement"]?.string, let at = json["at"]?.int else { return nil }
        return ExchangeAnswer(value: json["value"], ownerID: owner, agreementID: agreement, at: Instant(microseconds: at))
    }

    /// Errors are answered with a status and `{"error": kind, "reason": …}`.
    static func status(_ error: ExchangeError) -> Int {
        switch error {
        case .notCovered: 403;
        case .unavailable: 503;
        case .untrusted: 502
        }
    }

    static func json(_ error: ExchangeError) -> JSON {
        switch error {
        case .notCovered(let reason): ["error": "not-covered", "reason": .string(reason)]
        case .unavailable(let reason): ["error": "unavailable", "reason": .string(reason)]
        case .untrusted(let reason): ["error": "untrusted", "reason": .string(reason)]
        }
    }

    static func error(status: Int, _ json: JSON?) -> ExchangeError {
        let reason = json?["reason"]?.string ?? "status \(status)"
        return switch json?["error"]?.string {
        case "not-covered": .notCovered(reason)
        case "untrusted": .untrusted(reason)
        default: .unavailable(reason)
        }
    }
}
