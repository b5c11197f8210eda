import Values

/// Which places a data schema knows, for checking that questions and rules name real ones.
struct SchemaPlaces {
    let document: JSON

    /// The schema of a place, following `properties`, `items`, `prefixItems` and local references; nil when the schema does not know it.
    /// A token that is a number, or `*`, goes into the entries of a list.
    func schema(at pointer: JSONPointer) -> JSON? {
        var current = resolved(document)
        for token in pointer.tokens {
            guard let next = current.flatMap({ step(into: $0, token) }) else { return nil }
            current = resolved(next)
        }
        return current
    }

    private func step(into schema: JSON, _ token: String) -> JSON? {
        if let property = schema["properties"]?[token] { return property }
        if token == "*" || Int(token) != nil, let items = schema["items"] { return items }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in schema[keyword]?.array ?? [] {
                if let found = resolved(part).flatMap({ step(into: $0, token) }) { return found }
            }
        }
        return nil
    }

    func resolved(_ schema: JSON) -> JSON? {
        var current = schema
        for _ in 0..<20 {
            guard let reference = current["$ref"]?.string else { return current }
            guard reference.hasPrefix("#"), let pointer = JSONPointer(String(reference.dropFirst())), let next = document.value(at: pointer) else { return nil }
            current = next
        }
        return nil
    }
}
