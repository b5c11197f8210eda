public import Contracts
public import Database
public import Language
internal import Synchronization
public import Values

/// The catalogue of public services: the front door. Services live in the database; all of them are in memory too, at one content
/// version, so that pages read no database. Only search does, for words that no title or keyword holds.
///
///     let catalogue = Catalogue(database: database)
///     try await catalogue.importContent(.read(dataFolder: folder, bodies: bodies), bodies: bodies)
///     try await catalogue.load()
///     catalogue.inventory.service("passport-renewal")
///     try await catalogue.search("הנחה בארנונה", language: .he, limit: 20)
public final class Catalogue: ServiceDirectory, Sendable {
    private let database: any Database
    private let clock: TimeSource
    private let index: SearchIndex
    private let store = CatalogueStore()
    private let current: Mutex<Inventory>

    public init(database: any Database, clock: TimeSource = .wallClock, analyser: Analyser = Analyser()) {
        (self.database, self.clock) = (database, clock)
        index = SearchIndex(analyser: analyser)
        current = Mutex(.empty(analyser))
    }

    /// What is in memory now. Take it once per request: the next may be another.
    public var inventory: Inventory { current.withLock { $0 } }

    /// Goes up with every change that `load` or `refresh` has seen; for the cache of pages.
    public var contentVersion: Int64 { current.withLock { $0.version } }

    /// Reads the catalogue into memory, at start.
    public func load() async throws {
        let (store, analyser) = (store, index.analyser)
        let loaded = try await database.read { try store.inventory(analyser, in: $0) }
        current.withLock { $0 = loaded }
    }

    /// Reads the catalogue again when another process has changed it; says whether it had. One small query when it has not.
    @discardableResult
    public func refresh() async throws -> Bool {
        let store = store
        let version = try await database.read { try store.state(in: $0).contentVersion }
        guard version != contentVersion else { return false }
        try await load()
        return true
    }

    /// Brings the database to this content, in one transaction, and memory with it. Doing it again changes nothing.
    @discardableResult
    public func importContent(_ content: CatalogueContent, bodies: any BodyDirectory) async throws -> ImportReport {
        let work = ContentImport(content: content, index: index, bodies: bodies)
        let time = clock.now()
        let report = try await database.write { try work.run(at: time, in: $0) }
        try await load()
        return report
    }

    public func service(_ id: String) -> ServiceCard? { inventory.service(id)?.card }
    public func service(form: String) -> ServiceCard? { inventory.service(form: form)?.card }

    /// Finds services by what a person typed.
    ///
    /// - Parameters:
    ///   - language: of the reader; what she typed may be in another.
    ///   - limit: of services that hold all words, and of those that hold some.
    public func search(_ query: String, language: Language, limit: Int) async throws -> SearchOutcome {
        let search = ServiceSearch(inventory: inventory, index: index)
        let database = database
        let index = index
        return try await search.outcome(of: query, reader: language, limit: limit) { language, terms in
            try await database.read { try index.services(language, holding: terms, limit: ServiceSearch.storedMax, in: $0) }
        }
    }
}
