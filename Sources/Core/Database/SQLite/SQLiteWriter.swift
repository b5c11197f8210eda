/// Group commit: whatever has queued while the last commit was being synced to the disk goes into the next one. The sync is the
/// dear part, and it is paid once for all of them.
struct SQLiteWriter: Sendable {
    /// Items in one commit. Bounds how long the first of them waits for the last.
    static let batchMax = 256

    let queue: WorkQueue
    let handle: SQLiteHandle
    let turn: SQLiteTurn

    /// The life of the writer's thread: until the queue is closed and empty.
    func run() {
        while true {
            let batch = queue.take(Self.batchMax)
            if batch.isEmpty { break }
            do { try handle.use { connection in commit(batch, connection) } } catch {
                for item in batch { item.fail(error) }
            }
        }
        handle.close()
    }

    private func commit(_ batch: [Work], _ connection: SQLiteConnection) {
        let outcomes: [@Sendable () -> Void]
        do {
            try turn.take { try connection.beginWriting() }
            outcomes = try batch.map { try outcome(of: $0, connection) }
            try connection.commit()
        } catch {
            connection.rollback()
            retreat(batch, error, connection)
            return
        }
        for outcome in outcomes { outcome() }
    }

    /// What to tell the caller after the commit. A refusal waits for it too: an item may have been refused because of a row that an
    /// earlier item of the same batch wrote. Throws only when the whole transaction is gone.
    private func outcome(of item: Work, _ connection: SQLiteConnection) throws -> @Sendable () -> Void {
        do { return try connection.savepoint { try item.run(connection) } } catch {
            guard connection.isInTransaction else { throw Lost(cause: error) }
            return { item.fail(error) }
        }
    }

    /// The batch is undone and nobody has been told anything. When one item is to blame (it filled the disk, it left a deferred
    /// constraint broken), each is tried alone, so that it fails alone. When the commit itself could not be written, all fail.
    private func retreat(_ batch: [Work], _ error: any Error, _ connection: SQLiteConnection) {
        let cause = (error as? Lost)?.cause ?? error
        var isOneToBlame = error is Lost
        if case .constraint? = error as? DatabaseError { isOneToBlame = true }
        guard isOneToBlame, batch.count > 1 else {
            for item in batch { item.fail(cause) }
            return
        }
        for item in batch { commit([item], connection) }
    }

    private struct Lost: Error { let cause: any Error }
}
