import HTTPTypes
import Synchronization
import Values

/// Ready answers for pages that are the same for everybody without a session.
final class PageCache: Sendable {
    struct Entry: Sendable {
        let reply: Reply
        let etag: String
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var bytes = 0
        var version: Int64 = 0
    }

    private let state = Mutex(State())
    private let byteLimit: Int

    init(byteLimit: Int = 32 * 1024 * 1024) { self.byteLimit = byteLimit }

    func entry(_ target: String, version: Int64) -> Entry? {
        state.withLock { $0.version == version ? $0.entries[target] : nil }
    }

    /// Keeps a reply. When the limit is reached everything goes: what is in demand is back after one rendering each.
    func keep(_ reply: Reply, for target: String, version: Int64) -> Entry {
        var hash = ContentHash()
        hash.add(reply.body)
        let etag = "\"\(hash.hex)\""
        var kept = reply
        kept.headers[.eTag] = etag
        kept.headers[.cacheControl] = "public, max-age=0, must-revalidate"
        let entry = Entry(reply: kept, etag: etag)
        state.withLock { state in
            if state.version != version || state.bytes + kept.body.count > byteLimit {
                state = State(entries: [:], bytes: 0, version: version)
            }
            if state.entries.updateValue(entry, forKey: target) == nil { state.bytes += kept.body.count }
        }
        return entry
    }
}
