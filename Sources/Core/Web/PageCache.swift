import HTTPTypes
import Synchronization
import Values

/// Ready answers for pages that are the same for everybody without a session. Pages with a query have a shelf of their own: of those anybody
/// can ask for as many as she likes, and must not push the others out.
final class PageCache: Sendable {
    struct Entry: Sendable {
        let reply: Reply
        let etag: String
        let bytes: Int
    }

    private struct Shelf {
        var entries: [String: Entry] = [:]
        var bytes = 0
        let bytesMax: Int

        mutating func keep(_ entry: Entry, for target: String) {
            // When the limit is reached everything goes: what is in demand is back after one rendering each.
            if bytes + entry.bytes > bytesMax { (entries, bytes) = ([:], 0) }
            bytes += entry.bytes - (entries.updateValue(entry, forKey: target)?.bytes ?? 0)
        }
    }

    private struct State {
        var plain: Shelf
        var queried: Shelf
        var version: Int64 = 0
    }

    private let state: Mutex<State>
    private let bytesMax: Int
    /// Addresses longer than any of ours are not kept.
    static let targetBytesMax = 300
    /// What headers and the table itself take of memory, roughly.
    private static let entryBytes = 2_048

    init(bytesMax: Int = 32 * 1024 * 1024) {
        self.bytesMax = bytesMax
        state = Mutex(PageCache.empty(bytesMax))
    }

    private static func empty(_ bytesMax: Int, version: Int64 = 0) -> State {
        State(plain: Shelf(bytesMax: bytesMax), queried: Shelf(bytesMax: bytesMax / 4), version: version)
    }

    static func mayHold(_ target: String) -> Bool { target.utf8.count <= targetBytesMax }

    func entry(_ target: String, version: Int64) -> Entry? {
        state.withLock { state in
            guard state.version == version else { return nil }
            return state.plain.entries[target] ?? (state.queried.entries.isEmpty ? nil : state.queried.entries[target])
        }
    }

    func keep(_ reply: Reply, for target: String, version: Int64) -> Entry {
        var hash = ContentHash()
        hash.add(reply.body)
        let etag = "\"\(hash.hex)\""
        var kept = reply
        kept.headers[.eTag] = etag
        kept.headers[.cacheControl] = "public, max-age=0, must-revalidate"
        let entry = Entry(reply: kept, etag: etag, bytes: kept.body.count + target.utf8.count + PageCache.entryBytes)
        state.withLock { state in
            if state.version != version { state = PageCache.empty(bytesMax, version: version) }
            if target.utf8.contains(UInt8(ascii: "?")) { state.queried.keep(entry, for: target) } else { state.plain.keep(entry, for: target) }
        }
        return entry
    }

    /// Whether `If-None-Match` names this tag: one of a list, and weakly, for a proxy that compresses makes it weak (RFC 9110 section 13.1.2).
    static func matches(_ field: String, _ etag: String) -> Bool {
        field == etag || field.split(separator: ",").map { trim(String($0)) }.contains { $0 == "*" || $0 == etag || $0 == "W/\(etag)" }
    }
}
