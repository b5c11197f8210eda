internal import Dispatch
internal import Synchronization

/// Connections for reading, opened when first needed and then lent to one caller at a time, the last used first: its pages are warm.
final class SQLiteReaders: Sendable {
    private let path: String
    private let permits: DispatchSemaphore
    private let state = Mutex<(idle: [SQLiteHandle], isClosed: Bool)>(([], false))

    init(_ path: String, limit: Int) {
        self.path = path
        permits = DispatchSemaphore(value: limit)
    }

    /// Bodies are synchronous, so there are never more callers than threads, and with more readers than threads nobody waits here.
    func read<Value>(_ body: (SQLiteConnection) throws -> Value) throws -> Value {
        permits.wait()
        defer { permits.signal() }
        let reader = try borrow()
        defer { giveBack(reader) }
        return try reader.use { connection in try connection.reading { try body(connection) } }
    }

    func close() {
        let idle = state.withLock { state in
            defer { state = ([], true) }
            return state.idle
        }
        for reader in idle { reader.close() }
    }

    private func borrow() throws(DatabaseError) -> SQLiteHandle {
        let (idle, isClosed) = state.withLock { ($0.idle.popLast(), $0.isClosed) }
        if isClosed { throw .unavailable("the database is closed") }
        if let idle { return idle }
        return try SQLiteHandle.reader(path)
    }

    private func giveBack(_ reader: SQLiteHandle) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.idle.append(reader) }
            return state.isClosed
        }
        if isClosed { reader.close() }
    }
}
