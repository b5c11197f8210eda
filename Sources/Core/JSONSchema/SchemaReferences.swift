import Values

extension SchemaCompiler {
    /// Where a `$ref` leads within this document: `#`, `#/a/pointer`, `#anchor`, or the same after the document's own `$id`.
    mutating func target(of reference: String, at place: JSONPointer) throws(JSONSchemaError) -> JSONPointer {
        var text = reference
        if let own = document["$id"]?.string, !own.isEmpty, text.hasPrefix(own) {
            text = String(text.dropFirst(own.count))
            if text.isEmpty { text = "#" }
        }
        guard text.hasPrefix("#") else { throw .unsupported(keyword: "$ref", at: place.description) }
        guard let fragment = SchemaCompiler.percentDecoded(String(text.dropFirst())) else {
            throw .unresolvedReference(reference, at: place.description)
        }
        if let pointer = JSONPointer(fragment) {
            guard document.value(at: pointer) != nil else { throw .unresolvedReference(reference, at: place.description) }
            return pointer
        }
        guard let anchored = anchors[fragment] else { throw .unresolvedReference(reference, at: place.description) }
        return anchored
    }

    /// Every `$anchor` of the document. Places that hold data and not schemas (`const`, `enum`, …) are not searched, nor are schemas with an
    /// `$id` of their own, whose anchors belong to them.
    static func anchors(in value: JSON, at place: JSONPointer) -> [String: JSONPointer] {
        var found: [String: JSONPointer] = [:]
        switch value {
        case .object(let members):
            if members["$id"] != nil, !place.tokens.isEmpty { break }
            if let name = members["$anchor"]?.string { found[name] = place }
            for (key, member) in members where !["const", "enum", "default", "examples", "example"].contains(key) {
                found.merge(anchors(in: member, at: place.appending(key))) { first, _ in first }
            }
        case .array(let items):
            for (index, item) in items.enumerated() {
                found.merge(anchors(in: item, at: place.appending(String(index)))) { first, _ in first }
            }
        default: break
        }
        return found
    }

    static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { bytes.append(byte); continue }
            guard rest.count >= 2, let decoded = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)) else { return nil }
            bytes.append(contentsOf: decoded)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// A schema that applies itself to the same value would never end; the specification leaves it undefined, so it is refused.
    func refuseEndlessReferences() throws(JSONSchemaError) {
        enum Visit { case new, open, done }
        var visits = Array(repeating: Visit.new, count: nodes.count)
        for start in nodes.indices where visits[start] == .new {
            var path: [(node: Int, next: [Int])] = [(start, nodes[start]?.inPlace ?? [])]
            visits[start] = .open
            while let step = path.last {
                guard let child = step.next.first else {
                    visits[step.node] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next.removeFirst()
                switch visits[child] {
                case .open: throw .endlessReference(at: nodes[child]?.location.description ?? "")
                case .done: continue
                case .new:
                    visits[child] = .open
                    path.append((child, nodes[child]?.inPlace ?? []))
                }
            }
        }
    }
}
