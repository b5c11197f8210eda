import Contracts
import Language
import Values

/// `bodies.json`: a list of `{"id", "kind", "parent", "number", "locality", "name", "about", "phone", "site"}`.
enum BodiesFile {
    static func read(_ bytes: [UInt8]) throws(BodiesError) -> [PublicBody] {
        let document: JSON
        do { document = try JSON.parse(bytes) } catch { throw .invalid(["bodies.json: \(error)"]) }
        guard let items = document.array else { throw .invalid(["bodies.json: is not a list"]) }
        var faults: [String] = []
        var bodies: [PublicBody] = []
        for (index, item) in items.enumerated() {
            do { bodies.append(try body(item, index)) } catch { faults.append("bodies.json: \(error.reason)") }
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        return bodies
    }

    private struct Fault: Error { let reason: String }

    private static func body(_ item: JSON, _ index: Int) throws(Fault) -> PublicBody {
        guard let id = item["id"]?.string, isID(id) else {
            throw Fault(reason: "item \(index) has no id of small letters, digits and hyphens")
        }
        guard let kind = item["kind"]?.string.flatMap(PublicBody.Kind.init) else { throw Fault(reason: "\(id): the kind is unknown") }
        let name = try text(item["name"], "\(id): name")
        guard name.languages == Language.allCases else { throw Fault(reason: "\(id): the name is not there in all languages") }
        return PublicBody(
            id: id, kind: kind, parentID: try optional(item["parent"], "\(id): parent"),
            number: try optional(item["number"], "\(id): number"),
            localityCode: try code(item["locality"], id), name: name, about: try text(item["about"], "\(id): about"),
            phone: try optional(item["phone"], "\(id): phone"), site: try optional(item["site"], "\(id): site"))
    }

    private static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private static func text(_ value: JSON?, _ place: String) throws(Fault) -> LocalizedText {
        do { return try LocalizedText(json: value ?? .null) } catch { throw Fault(reason: "\(place): \(error)") }
    }

    private static func optional(_ value: JSON?, _ place: String) throws(Fault) -> String? {
        switch value {
        case nil, .null: return nil
        case .string(let text) where !text.isEmpty: return text
        default: throw Fault(reason: "\(place) is neither a text nor null")
        }
    }

    private static func code(_ value: JSON?, _ id: String) throws(Fault) -> Int? {
        switch value {
        case nil, .null: return nil
        case .int(let code): return Int(code)
        default: throw Fault(reason: "\(id): locality is neither a number nor null")
        }
    }
}
