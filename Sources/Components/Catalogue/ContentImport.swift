import Contracts
import Database
import Language
import Values

/// Brings the database to what the content says: only what differs is written and indexed.
struct ContentImport: Sendable {
    let content: CatalogueContent
    let index: SearchIndex
    let bodies: any BodyDirectory
    let store = CatalogueStore()

    /// Answers what changed. Runs in the caller's transaction.
    func run(at time: Instant, in connection: any Connection) throws -> ImportReport {
        var state = try store.state(in: connection)
        let mark = index.mark(bodies)
        let stored = try store.documents(in: connection)
        var report = ImportReport()
        for service in content.services {
            let isChanged = stored[service.id] != service.document.text
            if isChanged {
                try store.put(service, at: time, in: connection)
                report.changed.append(service.id)
            }
            if isChanged || state.indexMark != mark { try index.put(service, bodies, in: connection) }
        }
        let kept = Set(content.services.map(\.id))
        for id in stored.keys.sorted() where !kept.contains(id) {
            try store.remove(id, in: connection)
            try index.remove(id, in: connection)
            report.removed.append(id)
        }
        let listsChanged = try replaceLists(in: connection)
        if !report.changed.isEmpty || !report.removed.isEmpty || listsChanged || state.indexMark != mark {
            state = CatalogueStore.State(contentVersion: state.contentVersion + 1, indexMark: mark)
            try store.setState(state, in: connection)
        }
        report.contentVersion = state.contentVersion
        return report
    }

    private func replaceLists(in connection: any Connection) throws -> Bool {
        let events = try store.replaceEntries(.lifeEvent, content.lifeEvents.map { ($0.id, $0.document) }, in: connection)
        let needs = try store.replaceEntries(.need, content.needs.terms.map { ($0.slug, $0.document) }, in: connection)
        let situations = try store.replaceEntries(.situation, content.situations.terms.map { ($0.slug, $0.document) }, in: connection)
        return events || needs || situations
    }
}

/// What an import did.
public struct ImportReport: Sendable, Hashable {
    /// Ids of services that are new or different.
    public internal(set) var changed: [String] = []
    public internal(set) var removed: [String] = []
    /// As it is now; unchanged when there was nothing to do.
    public internal(set) var contentVersion: Int64 = 0
}
