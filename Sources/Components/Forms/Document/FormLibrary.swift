import Contracts
import Database
import Foundation
import Synchronization
import Values

/// All versions of all forms, kept in memory; the newest of each is the one in force.
public final class FormLibrary: Sendable {
    private struct Key: Hashable {
        let id: String
        let version: Int
    }

    private let documents: Mutex<[Key: FormDocument]>
    private let current: [String: FormDocument]

    /// Reads every `*.json` in a folder. Throws on the first that is no form, or that a designer would not be let publish.
    public init(folder: String, knowsConcept: @escaping @Sendable (String) -> Bool = { _ in true }) throws {
        var current: [String: FormDocument] = [:]
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") && !$0.hasSuffix(".schema.json") }
        for name in names.sorted() {
            let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data()
            let document: FormDocument
            do { document = try FormDocument(try JSON.parse(Array(bytes))) } catch { throw FormLibraryError(file: name, reason: "\(error)") }
            if let finding = FormLinter(document, knowsConcept: knowsConcept).findings().first { throw FormLibraryError(file: name, reason: "\(finding)") }
            current[document.id] = document
        }
        self.current = current
        documents = Mutex(Dictionary(uniqueKeysWithValues: current.values.map { (Key(id: $0.id, version: $0.version), $0) }))
    }

    init(_ documents: [FormDocument]) {
        current = Dictionary(documents.map { ($0.id, $0) }, uniquingKeysWith: { $0.version > $1.version ? $0 : $1 })
        self.documents = Mutex(Dictionary(documents.map { (Key(id: $0.id, version: $0.version), $0) }, uniquingKeysWith: { first, _ in first }))
    }

    /// Ids of the services that people, not businesses, ask for by a form.
    public var personalServices: [String] { current.values.filter { $0.subject == .person }.map(\.serviceID).sorted() }

    /// The versions in force, in the order of their ids.
    var inForce: [FormDocument] { current.values.sorted { $0.id < $1.id } }

    /// The version in force.
    func current(_ id: String) -> FormDocument? { current[id] }
    func document(_ id: String, version: Int) -> FormDocument? { documents.withLock { $0[Key(id: id, version: version)] } }

    /// Keeps the versions in force for good, and brings back those that drafts and submissions were made on.
    ///
    /// - Throws: `FormLibraryError` when the text of a version changed that somebody has already used.
    func publish(in connection: any Connection, at time: Instant) throws {
        for document in current.values { try publish(document, in: connection, at: time) }
        let kept = try connection.query("SELECT content FROM forms_version", []) { try $0.json(0) }
        for source in kept {
            let document: FormDocument
            do { document = try FormDocument(source) } catch { throw FormLibraryError(file: source["id"]?.string ?? "", reason: error.description) }
            documents.withLock { known in
                let key = Key(id: document.id, version: document.version)
                if known[key] == nil { known[key] = document }
            }
        }
    }

    private func publish(_ document: FormDocument, in connection: any Connection, at time: Instant) throws {
        let key: [SQLValue] = [.text(document.id), .integer(Int64(document.version))]
        let known = try connection.first("SELECT content FROM forms_version WHERE form_id = $1 AND version = $2", key) { try $0.json(0) }
        if known == document.source { return }
        if known != nil {
            let uses = try connection.first(
                """
                SELECT (SELECT count(*) FROM forms_draft WHERE form_id = $1 AND form_version = $2)
                     + (SELECT count(*) FROM forms_submission WHERE form_id = $1 AND form_version = $2)
                """, key) { try $0.int(0) }
            guard uses == 0 else {
                throw FormLibraryError(file: document.id, reason: "version \(document.version) is in use and cannot change: give it a new version")
            }
            try connection.execute("DELETE FROM forms_version WHERE form_id = $1 AND version = $2", key)
        }
        try connection.execute(
            "INSERT INTO forms_version (form_id, version, content, published_at) VALUES ($1, $2, $3, $4)",
            key + [.json(document.source), .instant(time)])
    }
}

/// A form that cannot be used; a server does not start with it.
public struct FormLibraryError: Error, CustomStringConvertible {
    public let file: String
    public let reason: String
    public var description: String { "Form \(file): \(reason)" }
}
