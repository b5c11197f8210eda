internal import Language

/// The whole catalogue in memory, as it was at one content version. Reading it costs no database.
public struct Inventory: Sendable {
    public let version: Int64
    /// By id.
    public let services: [PublicService]
    public let lifeEvents: [LifeEvent]
    public let needs: Taxonomy
    public let situations: Taxonomy
    let titles: [Language: TitleIndex]
    let vocabularies: [Language: Vocabulary]
    private let positions: [String: Int]
    private let positionsByForm: [String: Int]
    private let byEvent: [String: [Int]]
    private let byBody: [String: [Int]]
    private let byTerm: [String: [Int]]

    init(version: Int64, services: [PublicService], lifeEvents: [LifeEvent], needs: Taxonomy, situations: Taxonomy, analyser: Analyser) {
        (self.version, self.services, self.lifeEvents, self.needs, self.situations) = (version, services, lifeEvents, needs, situations)
        var positions: [String: Int] = [:], forms: [String: Int] = [:]
        var events: [String: [Int]] = [:], bodies: [String: [Int]] = [:], terms: [String: [Int]] = [:]
        // The most used first, then by id: the order of every list.
        let order = services.indices.sorted {
            (services[$0].rank ?? .max, services[$0].id) < (services[$1].rank ?? .max, services[$1].id)
        }
        for index in order {
            let service = services[index]
            positions[service.id] = index
            if let form = service.formID { forms[form] = index }
            for event in service.lifeEventIDs { events[event, default: []].append(index) }
            for body in service.bodyIDs { bodies[body, default: []].append(index) }
            let slugs = Set((service.needs + service.situations).flatMap(Taxonomy.withAncestors))
            for slug in slugs { terms[slug, default: []].append(index) }
        }
        (self.positions, positionsByForm, byEvent, byBody, byTerm) = (positions, forms, events, bodies, terms)
        titles = Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0, TitleIndex(services, $0, analyser)) })
        vocabularies = Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0, Vocabulary(services, $0, analyser)) })
    }

    static func empty(_ analyser: Analyser) -> Inventory {
        Inventory(version: 0, services: [], lifeEvents: [], needs: Taxonomy(terms: []), situations: Taxonomy(terms: []), analyser: analyser)
    }

    public func service(_ id: String) -> PublicService? { positions[id].map { services[$0] } }
    func position(_ id: String) -> Int? { positions[id] }
    public func service(form: String) -> PublicService? { positionsByForm[form].map { services[$0] } }
    public func lifeEvent(_ id: String) -> LifeEvent? { lifeEvents.first { $0.id == id } }

    /// Services with a rank, the most used first.
    public var mostUsed: [PublicService] { services.filter { $0.rank != nil }.sorted { ($0.rank ?? 0) < ($1.rank ?? 0) } }

    /// The services of a life event: its steps in their order, then the others.
    public func services(of event: LifeEvent) -> (steps: [PublicService], others: [PublicService]) {
        let steps = event.steps.compactMap { service($0) }
        let others = (byEvent[event.id] ?? []).map { services[$0] }.filter { !event.steps.contains($0.id) }
        return (steps, others)
    }

    public func count(lifeEvent event: LifeEvent) -> Int { Set(event.steps + (byEvent[event.id] ?? []).map { services[$0].id }).count }
    public func services(body id: String) -> [PublicService] { (byBody[id] ?? []).map { services[$0] } }
    /// The services under a term of either taxonomy, those of the terms below it too.
    public func services(term slug: String) -> [PublicService] { (byTerm[slug] ?? []).map { services[$0] } }
    public func count(term slug: String) -> Int { byTerm[slug]?.count ?? 0 }
}
