import Language
public import Values

/// Why `concepts.json` cannot be used.
public enum AskOnceError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformed(String)
    /// Nobody is registered under the id that was asked about.
    case unknownSubject

    public var description: String {
        switch self {
        case .malformed(let what): "concepts.json: \(what)"
        case .unknownSubject: "nobody is registered under this id"
        }
    }
}

/// All concepts, with the evidence each rests on.
public struct ConceptList: Sendable {
    public let concepts: [Concept]
    private let byID: [String: Concept]
    private let types: [String: EvidenceType]

    /// Reads `concepts.json`.
    public init(json: JSON) throws(AskOnceError) {
        var types: [String: EvidenceType] = [:]
        for (id, entry) in json["evidenceTypes"]?.object ?? [:] {
            guard let operation = entry["operation"]?.string, let owner = entry["owner"]?.string,
                let parameters = entry["parameters"]?.object
            else {
                throw .malformed("evidence type \(id)")
            }
            types[id] = EvidenceType(
                operation: operation, ownerID: owner, parameters: parameters.compactMapValues(\.string), subject: entry["subject"]?.string,
                derived: try ConceptList.derived(id, entry))
        }
        for (id, type) in types {
            guard type.subject.map({ type.parameters[$0] != nil }) ?? true else { throw .malformed("evidence type \(id): subject") }
            guard type.derived.values.allSatisfy({ types[$0.evidenceType]?.derived.isEmpty ?? false }) else {
                throw .malformed("evidence type \(id)")
            }
        }
        var concepts: [Concept] = []
        for (id, entry) in json["concepts"]?.object ?? [:] {
            guard let type = entry["evidence"]?.string, types[type] != nil,
                let name = entry["name"].flatMap({ try? LocalizedText(json: $0) }),
                let mapping = ConceptList.mapping(entry)
            else { throw .malformed("concept \(id)") }
            concepts.append(Concept(id: id, name: name, evidenceType: type, mapping: mapping))
        }
        guard !concepts.isEmpty else { throw .malformed("no concepts") }
        self.concepts = concepts.sorted { $0.id < $1.id }
        byID = Dictionary(uniqueKeysWithValues: concepts.map { ($0.id, $0) })
        self.types = types
    }

    public func concept(_ id: String) -> Concept? { byID[id] }
    func type(of concept: Concept) -> EvidenceType? { types[concept.evidenceType] }
    func type(_ id: String) -> EvidenceType? { types[id] }

    private static func derived(_ id: String, _ entry: JSON) throws(AskOnceError) -> [String: Derivation] {
        var derived: [String: Derivation] = [:]
        for (parameter, rule) in entry["derive"]?.object ?? [:] {
            guard let type = rule["evidence"]?.string, let list = rule["list"]?.string.flatMap({ JSONPointer($0) }),
                let member = rule["member"]?.string
            else { throw .malformed("evidence type \(id): \(parameter)") }
            derived[parameter] = Derivation(evidenceType: type, list: list, member: member, conditions: rule["where"]?.object ?? [:])
        }
        return derived
    }

    private static func mapping(_ entry: JSON) -> Concept.Mapping? {
        if let pointer = entry["value"]?.string { return JSONPointer(pointer).map(Concept.Mapping.value) }
        if let list = entry["join"]?.array {
            let pointers = list.compactMap { $0.string.flatMap { JSONPointer($0) } }
            return pointers.count == list.count && !pointers.isEmpty ? .join(pointers) : nil
        }
        guard let members = entry["fields"]?.object, !members.isEmpty else { return nil }
        var fields: [JSONPointer: JSONPointer] = [:]
        for (target, source) in members {
            guard let target = JSONPointer(target), !target.tokens.isEmpty, let source = source.string.flatMap({ JSONPointer($0) }) else {
                return nil
            }
            fields[target] = source
        }
        return .fields(fields)
    }
}
