public import Language
public import Values
public import Web

/// Where an answer comes from. It stays with the answer for good.
public enum AnswerSource: Sendable, Hashable {
    case person
    /// A register: its owner, the operation, the agreement and when.
    case register(ownerID: String, operation: String, agreementID: String, at: Instant)
    case rule(String)

    /// `person`, `register` or `rule`.
    public var kind: String {
        switch self {
        case .person: "person"
        case .register: "register"
        case .rule: "rule"
        }
    }

    /// Most answers come from the person, so that this is a text and not an object.
    public var json: JSON {
        switch self {
        case .person: "person"
        case .rule(let name): ["kind": "rule", "rule": .string(name)]
        case .register(let owner, let operation, let agreement, let at):
            [
                "kind": "register", "owner": .string(owner), "operation": .string(operation), "agreement": .string(agreement),
                "at": .int(at.microseconds),
            ]
        }
    }

    public init?(json: JSON) {
        switch json["kind"]?.string ?? json.string {
        case "person": self = .person
        case "rule": self = .rule(json["rule"]?.string ?? "")
        case "register":
            guard let owner = json["owner"]?.string, let operation = json["operation"]?.string, let at = json["at"]?.int else { return nil }
            self = .register(ownerID: owner, operation: operation, agreementID: json["agreement"]?.string ?? "", at: Instant(microseconds: at))
        default: return nil
        }
    }
}

/// What the state already knows about one concept, such as `person.address`.
public enum Evidence: Sendable, Hashable {
    case known(JSON, AnswerSource)
    /// The register was asked and has nothing.
    case unknown(ownerID: String)
    /// The register could not be asked now; the person may answer herself or try again.
    case unavailable(ownerID: String)
}

/// Finds evidence so that nobody is asked twice. A concept names an evidence type, which names a register's operation and a field map.
public protocol EvidenceBroker: Sendable {
    /// One outcome for each concept asked for. `consumerID` is the body the form belongs to, `purpose` the form's purpose code and
    /// `parameters` values beyond the person's own number that an operation takes (such as `businessNumber`).
    func evidence(
        for concepts: [String], about subjectID: String, actor: Actor, consumerID: String, purpose: String, basis: Basis, caseID: String?,
        parameters: [String: String]
    ) async throws -> [String: Evidence]

    /// Whether the broker knows this concept at all; a form that binds to another cannot be published.
    func knows(_ concept: String) -> Bool
}
