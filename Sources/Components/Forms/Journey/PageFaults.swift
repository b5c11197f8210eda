import JSONSchema
import Language
import Values
import Web

extension FormField {
    /// The same question, required or not.
    func required(_ isRequired: Bool) -> FormField {
        var field = self
        field.isRequired = isRequired
        return field
    }

    /// What is missing, or was never offered. Codes are keys of `forms.fault.…`.
    func faults(of value: JSON?) -> [FieldFault] {
        guard let value, !isEmpty(value) else { return isRequired ? [FieldFault(place, missingCode)] : [] }
        switch widget {
        case .choice: return options.contains { $0.value == value.string } ? [] : [FieldFault(place, "choice")]
        case .choices:
            let chosen = value.array?.compactMap(\.string) ?? []
            return chosen.allSatisfy { item in options.contains { $0.value == item } } ? [] : [FieldFault(place, "choice")]
        case .declaration: return value == true || !isRequired ? [] : [FieldFault(place, "declaration")]
        case .group:
            return (value.array ?? []).enumerated().flatMap { index, entry in
                entries.flatMap { field in
                    field.faults(of: entry.value(at: field.pointer)).map { FieldFault("\(place)/\(index)\($0.pointer)", $0.code, $0.arguments) }
                }
            }
        default: return []
        }
    }

    private func isEmpty(_ value: JSON) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }

    private var missingCode: String {
        switch widget {
        case .yesNo, .choice, .choices: "choose"
        case .declaration: "declaration"
        case .file: "file-missing"
        case .group: "group-empty"
        default: "missing"
        }
    }
}

/// A fault of the answers against the data schema, in the words of a form.
struct SchemaFinding: Sendable {
    let tokens: [String]
    let fault: FieldFault

    /// Missing members are left out: which questions must be answered is for the pages to say.
    static func findings(_ schema: JSONSchema, _ values: JSON) -> [SchemaFinding] {
        schema.faults(in: values).compactMap { found in
            guard found.keyword != "required", found.keyword != "dependentRequired" else { return nil }
            let code = codes[found.keyword] ?? "invalid"
            return SchemaFinding(tokens: found.pointer.tokens, fault: FieldFault(found.pointer.description, code, found.arguments))
        }
    }

    func lies(in pointer: JSONPointer) -> Bool { tokens.starts(with: pointer.tokens) }

    private static let codes: [String: String] = [
        "minLength": "too-short", "maxLength": "too-long", "minimum": "too-small", "maximum": "too-large", "exclusiveMinimum": "too-small",
        "exclusiveMaximum": "too-large", "minItems": "too-few", "maxItems": "too-many", "uniqueItems": "repeated", "pattern": "pattern",
        "enum": "choice", "multipleOf": "invalid",
    ]
}
