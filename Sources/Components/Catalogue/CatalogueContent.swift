public import Contracts
internal import Foundation
internal import JSONSchema
internal import Language
internal import Values

/// Everything the catalogue tells, checked: services, life events and the two taxonomies. Nothing unchecked reaches the database.
public struct CatalogueContent: Sendable {
    public let services: [PublicService]
    public let lifeEvents: [LifeEvent]
    public let needs: Taxonomy
    public let situations: Taxonomy

    /// Reads `services/*.json`, `life-events.json`, `service-needs.csv`, `situations.csv` and `taxonomy-translations.json` of a folder.
    ///
    /// - Throws: `CatalogueError.invalid` with every fault of every file, such as `services/passport-renewal.json /summary/he minLength`.
    public static func read(dataFolder folder: String, bodies: any BodyDirectory) throws(CatalogueError) -> CatalogueContent {
        var files = ContentFiles(folder: folder)
        let services = files.services()
        let lifeEvents = files.lifeEvents()
        let (needs, situations) = files.taxonomies()
        guard files.faults.isEmpty else { throw .invalid(files.faults) }
        return try CatalogueContent(services: services, lifeEvents: lifeEvents, needs: needs, situations: situations, bodies: bodies)
    }

    /// - Throws: `CatalogueError.invalid` when parts do not fit together: a body, life event or term that is not there, an id, rank or form
    ///   that is there twice, a service done online that says nowhere where, a service of rank, a life event or a term in use that is not in
    ///   all languages.
    public init(
        services: [PublicService], lifeEvents: [LifeEvent], needs: Taxonomy, situations: Taxonomy, bodies: any BodyDirectory
    ) throws(CatalogueError) {
        self.services = services.sorted { $0.id < $1.id }
        (self.lifeEvents, self.needs, self.situations) = (lifeEvents, needs, situations)
        let faults = repeats() + services.flatMap { self.faults(of: $0, bodies) } + eventFaults() + termFaults()
        guard faults.isEmpty else { throw .invalid(faults.sorted { $0.description < $1.description }) }
    }

    private func repeats() -> [ContentFault] {
        func repeated<Key: Hashable>(_ keys: [Key], _ what: String) -> [ContentFault] {
            Dictionary(grouping: keys, by: { $0 }).filter { $0.value.count > 1 }.keys
                .map { ContentFault("catalogue", "", "\(what) \($0) is there twice") }
        }
        return repeated(services.map(\.id), "the service") + repeated(services.compactMap(\.rank), "the rank")
            + repeated(services.compactMap(\.formID), "the form") + repeated(lifeEvents.map(\.id), "the life event")
    }

    private func faults(of service: PublicService, _ bodies: any BodyDirectory) -> [ContentFault] {
        var faults: [ContentFault] = []
        func check(_ ids: [String], _ place: String, _ what: String, _ exists: (String) -> Bool) {
            for id in ids where !exists(id) {
                faults.append(ContentFault("services/\(service.id).json", place, "there is no \(what) \(id)"))
            }
        }
        check(service.bodyIDs, "/bodies", "body") { bodies.body($0) != nil }
        check(service.lifeEventIDs, "/lifeEvents", "life event") { id in lifeEvents.contains { $0.id == id } }
        check(service.situations, "/situations", "situation") { situations.term($0) != nil }
        check(service.needs, "/needs", "need") { needs.term($0) != nil }
        if service.formID == nil, service.link == nil, service.channels.contains(where: { $0.kind == .online }) {
            faults.append(ContentFault("services/\(service.id).json", "/link", "is done online, and neither a form nor a link says where"))
        }
        if service.rank != nil {
            for (place, languages) in service.languagesByPlace where languages != Language.allCases {
                let missing = Language.allCases.filter { !languages.contains($0) }.map(\.rawValue).joined(separator: ", ")
                let reason = "a service with a rank is in all languages; missing: \(missing)"
                faults.append(ContentFault("services/\(service.id).json", place, reason))
            }
        }
        return faults
    }

    private func eventFaults() -> [ContentFault] {
        let known = Set(services.map(\.id))
        return lifeEvents.flatMap { event -> [ContentFault] in
            var faults = event.steps.filter { !known.contains($0) }
                .map { ContentFault("life-events.json", "/\(event.id)/steps", "there is no service \($0)") }
            if event.name.languages != Language.allCases || event.summary.languages != Language.allCases {
                faults.append(ContentFault("life-events.json", "/\(event.id)", "a life event is in all languages"))
            }
            return faults
        }
    }

    /// Terms that people meet, for services hang on them, are texts of the interface: in all languages.
    private func termFaults() -> [ContentFault] {
        let used = Set(services.flatMap { $0.needs + $0.situations }.flatMap(Taxonomy.withAncestors))
        return (needs.terms + situations.terms).filter { used.contains($0.slug) && $0.name.languages != Language.allCases }.map { term in
            ContentFault("taxonomy-translations.json", "/\(term.slug)", "a term that services hang on is in all languages")
        }
    }
}

extension PublicService {
    fileprivate var languagesByPlace: [(String, [Language])] {
        [
            ("/name", name.languages), ("/summary", summary.languages), ("/who", who.languages), ("/evidence", evidence.languages),
            ("/steps", steps.languages), ("/keywords", keywords.languages), ("/cost/text", cost.text.languages),
            ("/time/text", time.text.languages),
        ] + channels.enumerated().map { ("/channels/\($0)/text", $1.text.languages) }
            + law.enumerated().map { ("/law/\($0)", $1.languages) }
    }
}

/// What is wrong with one place of the content.
public struct ContentFault: Sendable, Hashable, CustomStringConvertible {
    /// Such as `services/passport-renewal.json`.
    public let file: String
    /// A JSON pointer, or `line 3` of a table; empty for the whole.
    public let place: String
    public let reason: String

    init(_ file: String, _ place: String, _ reason: String) { (self.file, self.place, self.reason) = (file, place, reason) }

    public var description: String { [file, place, reason].filter { !$0.isEmpty }.joined(separator: " ") }
}

public enum CatalogueError: Error, Equatable, CustomStringConvertible {
    case invalid([ContentFault])
    /// A row of the catalogue's own tables that this version cannot read.
    case unreadableRow(String)

    public var description: String {
        switch self {
        case .invalid(let faults): faults.map(\.description).joined(separator: "\n")
        case .unreadableRow(let id): "The catalogue's row \(id) cannot be read"
        }
    }
}
