import Database
import Language
import Values

/// All SQL of the catalogue's tables; the full-text index beside them is `SearchIndex`.
struct CatalogueStore: Sendable {
    enum EntryKind: String { case lifeEvent, need, situation }

    struct State: Sendable, Equatable {
        var contentVersion: Int64
        var indexMark: String
    }

    func state(in connection: any Connection) throws -> State {
        try connection.first("SELECT content_version, index_mark FROM catalogue_state WHERE id = 1") {
            State(contentVersion: try $0.int(0), indexMark: try $0.text(1))
        } ?? State(contentVersion: 0, indexMark: "")
    }

    func setState(_ state: State, in connection: any Connection) throws {
        try connection.execute(
            "UPDATE catalogue_state SET content_version = $1, index_mark = $2 WHERE id = 1",
            [.integer(state.contentVersion), .text(state.indexMark)])
    }

    /// The documents as they are stored, by id.
    func documents(in connection: any Connection) throws -> [String: String] {
        let rows = try connection.query("SELECT id, content FROM catalogue_service", []) { (try $0.text(0), try $0.text(1)) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    /// All services by id. Throws `CatalogueError.unreadableRow` for a row that a newer version wrote.
    func services(in connection: any Connection) throws -> [PublicService] {
        try connection.query("SELECT id, content FROM catalogue_service", []) { row in
            guard let service = PublicService(document: try row.json(1)) else { throw CatalogueError.unreadableRow(try row.text(0)) }
            return service
        }.sorted { $0.id < $1.id }
    }

    func put(_ service: PublicService, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO catalogue_service (id, version, content, updated_at) VALUES ($1, 1, $2, $3)
            ON CONFLICT (id) DO UPDATE
            SET version = catalogue_service.version + 1, content = excluded.content, updated_at = excluded.updated_at
            """, [.text(service.id), .json(service.document), .instant(time)])
    }

    func remove(_ id: String, in connection: any Connection) throws {
        try connection.execute("DELETE FROM catalogue_service WHERE id = $1", [.text(id)])
    }

    func entries(_ kind: EntryKind, in connection: any Connection) throws -> [JSON] {
        let sql = "SELECT content FROM catalogue_entry WHERE kind = $1 ORDER BY position"
        return try connection.query(sql, [.text(kind.rawValue)]) { try $0.json(0) }
    }

    /// Puts a whole list in place of the present one; says whether that changed anything.
    func replaceEntries(_ kind: EntryKind, _ entries: [(id: String, content: JSON)], in connection: any Connection) throws -> Bool {
        guard try self.entries(kind, in: connection) != entries.map(\.content) else { return false }
        try connection.execute("DELETE FROM catalogue_entry WHERE kind = $1", [.text(kind.rawValue)])
        try connection.insertMany(
            "catalogue_entry", ["kind", "id", "position", "content"],
            entries.enumerated().map { [.text(kind.rawValue), .text($1.id), .integer(Int64($0)), .json($1.content)] })
        return true
    }

    /// The whole catalogue, for memory.
    func inventory(_ analyser: Analyser, in connection: any Connection) throws -> Inventory {
        let lifeEvents = try entries(.lifeEvent, in: connection).compactMap(LifeEvent.init(document:))
        return Inventory(
            version: try state(in: connection).contentVersion, services: try services(in: connection), lifeEvents: lifeEvents,
            needs: Taxonomy(terms: try entries(.need, in: connection).compactMap(Taxonomy.Term.init(document:))),
            situations: Taxonomy(terms: try entries(.situation, in: connection).compactMap(Taxonomy.Term.init(document:))),
            analyser: analyser)
    }
}

extension Taxonomy.Term {
    init?(document: JSON) {
        guard let slug = document["slug"]?.string, let name = try? LocalizedText(json: document["name"] ?? .null) else { return nil }
        (self.slug, self.name) = (slug, name)
    }

    var document: JSON { ["slug": .string(slug), "name": name.json] }
}
