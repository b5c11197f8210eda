internal import Foundation

/// The embedded store: one file, which several processes may share. Reads run inline on the caller's thread; writes queue for one
/// thread, which commits them in groups. A write that has returned survives `kill -9` and loss of power.
public final class SQLiteDatabase: Database {
    public let dialect = Dialect.sqlite
    private let queue = WorkQueue()
    private let finish = Finish(threads: 1)
    private let readers: SQLiteReaders

    /// Opens or creates the file, and the folders on the way to it, which only this user may enter.
    ///
    /// - Parameter readers: connections for reading, at most; more than there are threads that read are never opened.
    /// - Throws: `DatabaseError.unavailable` when the folder or file cannot be opened.
    public init(path: String, readers: Int = 16) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DatabaseError.unavailable("cannot create the folder \(folder)")
        }
        Self.createPrivately(path)
        let writer = SQLiteWriter(queue: queue, handle: try SQLiteHandle.writer(path), turn: SQLiteTurn(path))
        self.readers = SQLiteReaders(path, limit: max(1, readers))
        finish.start("zamin.sqlite") { writer.run() }
    }

    deinit { queue.close() }

    /// A new file is this user's alone, and the files SQLite puts beside it take its mode. One that is there is left as it is; it is not
    /// even opened, since closing it would undo the locks SQLite holds on it in this process.
    private static func createPrivately(_ path: String) {
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file >= 0 { Foundation.close(file) }
    }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value {
        try readers.read(body)
    }

    public func write<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value {
        try await Work.perform(on: queue, readOnly: false, body)
    }

    public func close() async {
        queue.close()
        readers.close()
        await finish.wait()
    }
}
