import Language
import Values

/// One object of a form document and its place, read with errors that name it.
struct DocumentReader {
    let value: JSON
    let place: JSONPointer

    init(_ value: JSON, at place: JSONPointer = JSONPointer(tokens: [])) { (self.value, self.place) = (value, place) }

    func fail(_ key: String, _ reason: String) -> FormDocumentError {
        FormDocumentError(at: place.appending(key).description, reason: reason)
    }

    func text(_ key: String) throws(FormDocumentError) -> String {
        guard let text = value[key]?.string, !text.isEmpty else { throw fail(key, "a text is missing") }
        return text
    }

    func identifier(_ key: String) throws(FormDocumentError) -> String {
        let text = try text(key)
        let isPlain = text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        guard isPlain, text.utf8.count <= 60 else { throw fail(key, "an identifier has small letters, digits and hyphens") }
        return text
    }

    func optionalText(_ key: String) throws(FormDocumentError) -> String? { value[key] == nil ? nil : try text(key) }

    func integer(_ key: String, or standard: Int? = nil) throws(FormDocumentError) -> Int {
        if value[key] == nil, let standard { return standard }
        guard let number = value[key]?.int else { throw fail(key, "a whole number is missing") }
        return Int(clamping: number)
    }

    func flag(_ key: String, or standard: Bool) throws(FormDocumentError) -> Bool {
        guard let member = value[key] else { return standard }
        guard let flag = member.bool else { throw fail(key, "true or false is expected") }
        return flag
    }

    func localized(_ key: String) throws(FormDocumentError) -> LocalizedText {
        guard let member = value[key] else { throw fail(key, "a text in five languages is missing") }
        do { return try LocalizedText(json: member) } catch { throw fail(key, error.description) }
    }

    func optionalLocalized(_ key: String) throws(FormDocumentError) -> LocalizedText? { value[key] == nil ? nil : try localized(key) }

    func pointer(_ key: String) throws(FormDocumentError) -> JSONPointer {
        guard let pointer = JSONPointer(try text(key)), !pointer.tokens.isEmpty else { throw fail(key, "a JSON pointer is expected") }
        let isPlain = pointer.tokens.allSatisfy { token in
            !token.isEmpty && !token.hasPrefix("$") && token.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 > 0x20 }
        }
        guard isPlain else { throw fail(key, "a pointer of a form has no dots, spaces or names that begin with $") }
        return pointer
    }

    func logic(_ key: String) throws(FormDocumentError) -> JsonLogic {
        guard let rule = value[key] else { throw fail(key, "a rule is missing") }
        let logic = JsonLogic(rule)
        if let unknown = logic.operationsUsed().subtracting(JsonLogic.operations).sorted().first {
            throw fail(key, "\(unknown.prefix(40)) is no operation")
        }
        return logic
    }

    func list(_ key: String) throws(FormDocumentError) -> [DocumentReader] {
        guard let member = value[key] else { return [] }
        guard let items = member.array else { throw fail(key, "a list is expected") }
        return items.enumerated().map { DocumentReader($1, at: place.appending(key).appending(String($0))) }
    }

    func object(_ key: String) throws(FormDocumentError) -> DocumentReader {
        guard let member = value[key], member.object != nil else { throw fail(key, "an object is missing") }
        return DocumentReader(member, at: place.appending(key))
    }
}
