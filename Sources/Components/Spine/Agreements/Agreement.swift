public import Contracts
public import Language
public import Trust
public import Values
public import Web

/// One field a body may see, with why it needs it and by what law (the transfer request's table, field by field).
public struct AgreementField: Sendable, Hashable {
    /// Where it stands in the answer: a text, number or truth value, or a list of such. `*` in place of an index means every item of a list.
    public let pointer: JSONPointer
    /// What the person reads in the list of looks, as a key of the audit's texts (`audit.field.<label>`).
    public let label: String
    public let need: LocalizedText
    public let law: String

    public init(pointer: JSONPointer, label: String, need: LocalizedText, law: String) {
        (self.pointer, self.label, self.need, self.law) = (pointer, label, need, law)
    }
}

/// In what position somebody asks.
public enum AskerKind: String, Sendable, CaseIterable {
    /// Somebody for herself, or for a business she signs for.
    case person
    /// An employee of the body that asks, in her office.
    case officer
    /// The body's own program.
    case system
    /// Another program, registered with it.
    case client
}

/// What two bodies signed: who may ask whom for what, why, by what law. It is the access right itself; there is no second list.
public struct Agreement: Sendable, Hashable {
    public var id: String
    public var version: Int
    public var consumerID: String
    public var providerID: String
    /// `register.operation`
    public var operations: [String]
    public var fields: [AgreementField]
    /// Purpose codes, such as `identity-proofing`.
    public var purposes: [String]
    /// Reference of the provision on which the agreement as a whole stands.
    public var law: String
    /// Whose data it is about, in words.
    public var population: LocalizedText
    /// On which bases a single question may rest: `law`, `consent`, `request`.
    public var bases: [String]
    /// Who may ask.
    public var actors: [AskerKind]
    /// How surely a person who asks must have proved who she is. Officers and programs are not measured by it.
    public var assurance: Assurance
    public var ratePerMinute: Int
    /// How long the consumer may keep what it got.
    public var retentionDays: Int
    /// When the person sees a look by it.
    public var visibility: LookVisibility
    public var validFrom: CalendarDate
    /// The last day.
    public var validUntil: CalendarDate

    /// The content in the form that is hashed and signed (RFC 8785).
    public var json: JSON {
        var json: JSON = [
            "id": .string(id), "version": .int(Int64(version)), "consumer": .string(consumerID), "provider": .string(providerID),
            "operations": .strings(operations),
            "fields": .array(
                fields.map {
                    ["pointer": .string($0.pointer.description), "label": .string($0.label), "need": $0.need.json, "law": .string($0.law)]
                }),
            "purposes": .strings(purposes), "law": .string(law), "population": population.json, "bases": .strings(bases),
            "actors": .strings(actors.map(\.rawValue)),
            "assurance": ["credential": .int(Int64(assurance.credential)), "proof": .int(Int64(assurance.proof))],
            "ratePerMinute": .int(Int64(ratePerMinute)), "retentionDays": .int(Int64(retentionDays)),
            "visibility": .string(visibility.name), "validFrom": .string(validFrom.description),
            "validUntil": .string(validUntil.description),
        ]
        switch visibility {
        case .now, .countOnly: break
        case .delayed(let days): json["visibilityDays"] = .int(Int64(days))
        case .hidden(let law, let until): (json["visibilityLaw"], json["visibilityUntil"]) = (.string(law), .string(until.description))
        }
        return json
    }

    /// SHA-256 of the canonical content, in hexadecimal.
    public func contentHash() throws(CanonicalJSONError) -> String { Fingerprint.hex(of: try CanonicalJSON.bytes(of: json)) }
}

extension Agreement {
    /// Reads the content. Throws `SpineError.malformedAgreement` with the member that is wrong.
    public init(json: JSON) throws(SpineError) {
        let id = try Agreement.text(json, "id")
        func wrong(_ member: String) -> SpineError { .malformedAgreement("\(id): \(member)") }
        guard let version = json["version"]?.int, version > 0 else { throw wrong("version") }
        var fields: [AgreementField] = []
        for field in json["fields"]?.array ?? [] {
            // The empty pointer would be the whole answer.
            guard let pointer = field["pointer"]?.string.flatMap({ JSONPointer($0) }), !pointer.tokens.isEmpty, let label = field["label"]?.string,
                let need = field["need"].flatMap({ try? LocalizedText(json: $0) }), !need.isEmpty, let law = field["law"]?.string
            else { throw wrong("fields") }
            fields.append(AgreementField(pointer: pointer, label: label, need: need, law: law))
        }
        guard !fields.isEmpty else { throw wrong("fields") }
        guard let population = json["population"].flatMap({ try? LocalizedText(json: $0) }) else { throw wrong("population") }
        guard let credential = json["assurance"]?["credential"]?.int, let proof = json["assurance"]?["proof"]?.int else {
            throw wrong("assurance")
        }
        guard let rate = json["ratePerMinute"]?.int, rate > 0, let retention = json["retentionDays"]?.int, retention >= 0 else {
            throw wrong("ratePerMinute, retentionDays")
        }
        guard let from = json["validFrom"]?.string.flatMap({ CalendarDate($0) }),
            let until = json["validUntil"]?.string.flatMap({ CalendarDate($0) })
        else { throw wrong("validFrom, validUntil") }
        guard let visibility = LookVisibility(agreement: json, validFrom: from) else { throw wrong("visibility") }
        let bases = try Agreement.texts(json, "bases")
        guard Set(bases).isSubset(of: ["law", "consent", "request"]) else { throw wrong("bases") }
        let actorNames = try Agreement.texts(json, "actors")
        let actors = actorNames.compactMap(AskerKind.init)
        guard actors.count == actorNames.count else { throw wrong("actors") }
        self.init(
            id: id, version: Int(version), consumerID: try Agreement.text(json, "consumer"),
            providerID: try Agreement.text(json, "provider"),
            operations: try Agreement.texts(json, "operations"), fields: fields, purposes: try Agreement.texts(json, "purposes"),
            law: try Agreement.text(json, "law"), population: population, bases: bases, actors: actors,
            assurance: Assurance(credential: Int(credential), proof: Int(proof)), ratePerMinute: Int(rate), retentionDays: Int(retention),
            visibility: visibility, validFrom: from, validUntil: until)
    }

    private static func text(_ json: JSON, _ member: String) throws(SpineError) -> String {
        guard let text = json[member]?.string, !text.isEmpty else { throw .malformedAgreement("\(json["id"]?.string ?? "?"): \(member)") }
        return text
    }

    private static func texts(_ json: JSON, _ member: String) throws(SpineError) -> [String] {
        let texts = (json[member]?.array ?? []).compactMap(\.string)
        guard !texts.isEmpty, texts.count == json[member]?.array?.count else {
            throw .malformedAgreement("\(json["id"]?.string ?? "?"): \(member)")
        }
        return texts
    }
}
