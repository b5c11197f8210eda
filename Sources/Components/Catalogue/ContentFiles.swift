import Foundation
import JSONSchema
import Language
import Values

/// Reads the files of a content folder and collects what is wrong with them.
struct ContentFiles {
    let folder: String
    private(set) var faults: [ContentFault] = []

    /// No service's file comes near this.
    static let bytesMax = 1_000_000

    init(folder: String) { self.folder = folder }

    mutating func services() -> [PublicService] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/services") else {
            faults.append(ContentFault("services", "", "there is no such folder"))
            return []
        }
        guard let schema = compiled(PublicService.schema, "services") else { return [] }
        var services: [PublicService] = []
        for name in names.sorted() where name.hasSuffix(".json") {
            let file = "services/\(name)"
            guard let document = document(file), isValid(document, schema, file), let service = PublicService(document: document) else {
                continue
            }
            if "\(service.id).json" != name { faults.append(ContentFault(file, "/id", "is not the file's name")) }
            services.append(service)
        }
        return services
    }

    mutating func lifeEvents() -> [LifeEvent] {
        let file = "life-events.json"
        guard let schema = compiled(["type": "array", "items": LifeEvent.schema], file), let document = document(file),
            isValid(document, schema, file)
        else { return [] }
        return (document.array ?? []).compactMap(LifeEvent.init(document:))
    }

    private mutating func taxonomy(_ file: String) -> Taxonomy {
        guard let bytes = bytes(file) else { return Taxonomy(terms: []) }
        do { return try Taxonomy(csv: bytes) } catch {
            faults.append(ContentFault(file, "line \(error.line)", error.reason))
            return Taxonomy(terms: [])
        }
    }

    /// Both taxonomies with their names in further languages.
    mutating func taxonomies() -> (needs: Taxonomy, situations: Taxonomy) {
        let file = "taxonomy-translations.json"
        let (needs, situations) = (taxonomy("service-needs.csv"), taxonomy("situations.csv"))
        guard let translations = document(file)?.object else { return (needs, situations) }
        for slug in translations.keys.sorted() where needs.term(slug) == nil && situations.term(slug) == nil {
            faults.append(ContentFault(file, "/\(slug)", "there is no such term"))
        }
        do { return (try needs.translated(by: translations), try situations.translated(by: translations)) } catch {
            faults.append(ContentFault(file, "", error.description))
            return (needs, situations)
        }
    }

    private mutating func compiled(_ schema: JSON, _ file: String) -> JSONSchema? {
        do { return try JSONSchema(schema) } catch {
            faults.append(ContentFault(file, "", "its schema: \(error)"))
            return nil
        }
    }

    private mutating func bytes(_ file: String) -> [UInt8]? {
        guard let content = FileManager.default.contents(atPath: "\(folder)/\(file)"), content.count <= ContentFiles.bytesMax else {
            faults.append(ContentFault(file, "", "cannot be read, or is larger than \(ContentFiles.bytesMax) bytes"))
            return nil
        }
        return Array(content)
    }

    private mutating func document(_ file: String) -> JSON? {
        guard let bytes = bytes(file) else { return nil }
        do { return try JSON.parse(bytes) } catch {
            faults.append(ContentFault(file, "", error.description))
            return nil
        }
    }

    private mutating func isValid(_ document: JSON, _ schema: JSONSchema, _ file: String) -> Bool {
        let found = schema.faults(in: document)
        faults += found.map { fault in
            let details = fault.arguments.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            return ContentFault(file, fault.pointer.description, details.isEmpty ? fault.keyword : "\(fault.keyword) (\(details))")
        }
        return found.isEmpty
    }
}
