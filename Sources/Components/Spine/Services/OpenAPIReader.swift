import Language
import Values

/// Why a description of a service is not taken. The texts are for whoever imports it.
public enum ServiceImportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not OpenAPI 3.0 or 3.1.
    case version(String)
    case malformed(String)
    /// No operation answers with JSON.
    case nothingToAnswer
    /// The id of an operation goes into addresses: letters and points only.
    case operationID(String)

    public var description: String {
        switch self {
        case .version(let found): "openapi is “\(found)”; 3.0 and 3.1 are read"
        case .malformed(let what): "\(what) is missing or malformed"
        case .nothingToAnswer: "no operation with an operationId answers with application/json"
        case .operationID(let id): "the operationId “\(id)” has more than letters and points in it"
        }
    }
}

/// Finds in an OpenAPI document (3.0.x, 3.1.x) what each operation answers and each webhook tells, value by value.
struct OpenAPIReader {
    struct Operation: Hashable, Sendable {
        let id: String
        /// Nil for a webhook (3.1): the register tells it of its own accord.
        let path: String?
        /// From `x-names`, by language; else the summary, which is taken to be English.
        let name: LocalizedText
        let fields: [Field]
    }

    struct Field: Hashable, Sendable {
        let pointer: String
        let type: String
        let description: String
    }

    /// How deep answers are looked into; what lies deeper no agreement can name.
    private static let depthMax = 12
    private let document: JSON

    init(_ document: JSON) throws(ServiceImportError) {
        let version = document["openapi"]?.string ?? document["swagger"]?.string ?? ""
        guard version.hasPrefix("3.0.") || version.hasPrefix("3.1.") else { throw .version(version) }
        self.document = document
    }

    /// In the order of their ids.
    func operations() throws(ServiceImportError) -> [Operation] {
        // A document of webhooks alone needs no paths (3.1, section 4.8.1).
        guard document["paths"]?.object != nil || document["webhooks"]?.object != nil else { throw .malformed("paths") }
        var found: [String: Operation] = [:]
        for (path, item) in document["paths"]?.object ?? [:] {
            for method in ["get", "post", "put"] {
                guard let operation = item[method], let schema = answer(of: operation) else { continue }
                try add(operation, at: path, schema, to: &found)
            }
        }
        for item in (document["webhooks"]?.object ?? [:]).values {
            guard let item = resolved(item, []), let operation = item["post"], let schema = data(of: operation) else { continue }
            try add(operation, at: nil, schema, to: &found)
        }
        guard !found.isEmpty else { throw .nothingToAnswer }
        return found.values.sorted { $0.id < $1.id }
    }

    private func add(_ operation: JSON, at path: String?, _ schema: JSON, to found: inout [String: Operation]) throws(ServiceImportError) {
        guard let id = operation["operationId"]?.string else { return }
        guard !id.isEmpty, id.utf8.allSatisfy({ SpineClient.isPlain($0) }) else { throw .operationID(id) }
        guard found[id] == nil else { throw .malformed("operationId “\(id)”, which stands there twice,") }
        var fields: [String: Field] = [:]
        walk(schema, [], [], &fields)
        guard !fields.isEmpty else { return }
        found[id] = Operation(
            id: id, path: path, name: OpenAPIReader.name(of: operation, id), fields: fields.values.sorted { $0.pointer < $1.pointer })
    }

    /// The schema of the `data` of the CloudEvent that a webhook sends.
    private func data(of operation: JSON) -> JSON? {
        let request = operation["requestBody"].flatMap { resolved($0, []) }
        let event = request?["content"]?[CloudEvent.mediaType]?["schema"].flatMap { resolved($0, []) }
        return event?["properties"]?["data"]
    }

    private static func name(of operation: JSON, _ id: String) -> LocalizedText {
        if let names = operation["x-names"].flatMap({ try? LocalizedText(json: $0) }), !names.isEmpty { return names }
        return LocalizedText([.en: operation["summary"]?.string ?? operation["description"]?.string ?? id])
    }

    /// The schema of the answer when all is well.
    private func answer(of operation: JSON) -> JSON? {
        guard let responses = operation["responses"]?.object else { return nil }
        let status = responses.keys.filter { $0 == "200" || ($0.hasPrefix("2") && $0 != "204") }.sorted().first
        guard let status, let response = responses[status].map({ resolved($0, []) ?? $0 }), let content = response["content"]?.object else { return nil }
        let type = content.keys.filter { $0 == "application/json" || $0.hasSuffix("+json") || $0.hasPrefix("application/json;") }.sorted().first
        return type.flatMap { content[$0]?["schema"] }
    }

    /// What a `$ref` within the document leads to; nil when it leads nowhere, elsewhere or in a circle.
    private func resolved(_ schema: JSON, _ seen: Set<String>) -> JSON? {
        guard let reference = schema["$ref"]?.string else { return schema }
        guard reference.hasPrefix("#/"), !seen.contains(reference), let pointer = JSONPointer(String(reference.dropFirst())) else { return nil }
        var value: JSON? = document
        for token in pointer.tokens { value = value?[token] }
        return value.flatMap { resolved($0, seen.union([reference])) }
    }

    private func walk(_ schema: JSON, _ tokens: [String], _ seen: Set<String>, _ fields: inout [String: Field]) {
        guard tokens.count <= OpenAPIReader.depthMax else { return }
        var seen = seen
        if let reference = schema["$ref"]?.string {
            // A list of relatives who have relatives: the inner ones are left out.
            guard seen.insert(reference).inserted, let target = resolved(schema, []) else { return }
            return walk(target, tokens, seen, &fields)
        }
        for keyword in ["allOf", "oneOf", "anyOf"] { for part in schema[keyword]?.array ?? [] { walk(part, tokens, seen, &fields) } }
        if let properties = schema["properties"]?.object {
            for (name, property) in properties { walk(property, tokens + [name], seen, &fields) }
        }
        if let items = schema["items"], items.object != nil {
            // A list of values is one field: it passes whole or not at all.
            if let type = OpenAPIReader.scalar(items) { add(type, items["description"]?.string ?? schema["description"]?.string, tokens, &fields) } else {
                walk(items, tokens + ["*"], seen, &fields)
            }
        }
        if let type = OpenAPIReader.scalar(schema) { add(type, schema["description"]?.string, tokens, &fields) }
    }

    private func add(_ type: String, _ description: String?, _ tokens: [String], _ fields: inout [String: Field]) {
        guard !tokens.isEmpty else { return }
        let pointer = JSONPointer(tokens: tokens).description
        fields[pointer] = Field(pointer: pointer, type: type, description: String((description ?? "").prefix(300)))
    }

    /// The type of a text, number or truth value; 3.1 may write it as a list with `null`.
    private static func scalar(_ schema: JSON) -> String? {
        let names = schema["type"]?.string.map { [$0] } ?? (schema["type"]?.array ?? []).compactMap(\.string).filter { $0 != "null" }
        guard names.count == 1, ["string", "integer", "number", "boolean"].contains(names[0]) else {
            return schema["enum"]?.array?.first?.string != nil && names.isEmpty ? "string" : nil
        }
        return names[0]
    }
}

/// What is otherwise in a new description of a service.
public enum ServiceChange: Hashable, Sendable {
    case operationAdded(String), operationRemoved(String)
    case fieldAdded(operation: String, pointer: String), fieldRemoved(operation: String, pointer: String)
    case typeChanged(operation: String, pointer: String, from: String, to: String)

    /// Whether a question that passes today may find something else tomorrow.
    public var breaks: Bool {
        switch self {
        case .operationAdded, .fieldAdded: false
        case .operationRemoved, .fieldRemoved, .typeChanged: true
        }
    }

    /// By pointer.
    private static func types(of operation: OpenAPIReader.Operation) -> [String: String] {
        Dictionary(uniqueKeysWithValues: operation.fields.map { ($0.pointer, $0.type) })
    }

    static func changes(from old: [OpenAPIReader.Operation], to new: [OpenAPIReader.Operation]) -> [ServiceChange] {
        let (before, after) = (Dictionary(old.map { ($0.id, $0) }) { first, _ in first }, Dictionary(new.map { ($0.id, $0) }) { first, _ in first })
        var changes: [ServiceChange] = []
        for id in Set(before.keys).union(after.keys).sorted() {
            guard let was = before[id] else { changes.append(.operationAdded(id)); continue }
            guard let now = after[id] else { changes.append(.operationRemoved(id)); continue }
            let (old, new) = (types(of: was), types(of: now))
            for pointer in Set(old.keys).union(new.keys).sorted() {
                switch (old[pointer], new[pointer]) {
                case (nil, _): changes.append(.fieldAdded(operation: id, pointer: pointer))
                case (_, nil): changes.append(.fieldRemoved(operation: id, pointer: pointer))
                case (let from?, let to?) where from != to: changes.append(.typeChanged(operation: id, pointer: pointer, from: from, to: to))
                default: break
                }
            }
        }
        return changes
    }
}
