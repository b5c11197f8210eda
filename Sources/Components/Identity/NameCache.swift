import Synchronization

/// Names by id, up to a limit, then begun anew.
final class NameCache: Sendable {
    private let limit: Int
    private let names = Mutex<[String: String]>([:])

    init(limit: Int) { self.limit = limit }

    func name(of id: String) -> String? { names.withLock { $0[id] } }

    func learn(_ name: String, of id: String) {
        names.withLock { names in
            guard names[id] != name else { return }
            if names.count >= limit { names.removeAll() }
            names[id] = name
        }
    }
}
