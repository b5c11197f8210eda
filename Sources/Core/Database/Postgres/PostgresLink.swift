internal import CLibPQ
internal import Foundation
internal import Logging

/// Opens connections that all behave alike, whatever the server's defaults are.
enum PostgresLink {
    static let versionMin: Int32 = 150_000
    private static let log = Logger(label: "zamin.database")

    /// What is set unless the URL says otherwise; a line that is dead is noticed within half a minute.
    private static let defaults: [(String, String)] = [
        ("connect_timeout", "10"), ("application_name", "zamin"), ("keepalives_idle", "30"), ("tcp_user_timeout", "30000"),
    ]

    /// Durability is the server's default, and this is what an operator may have turned off; what is stronger stays.
    private static let session = """
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
        SET TimeZone = 'UTC'; SET standard_conforming_strings = on
        """

    /// - Throws: `DatabaseError.unavailable` with the server's reason; the URL, which may hold a password, is not in it.
    static func open(_ url: String) throws(DatabaseError) -> PostgresConnection {
        let settings = defaults + [("dbname", url), ("client_encoding", "UTF8")]
        guard let pointer = connect(settings) else { throw .unavailable("out of memory") }
        guard PQstatus(pointer) == CONNECTION_OK else {
            let message = String(cString: PQerrorMessage(pointer))
            PQfinish(pointer)
            throw .unavailable("cannot connect to PostgreSQL: \(message.split(separator: "\n").joined(separator: " "))")
        }
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        do { try prepare(pointer) } catch {
            PQfinish(pointer)
            throw error
        }
        return PostgresConnection(pointer)
    }

    private static func prepare(_ pointer: OpaquePointer) throws(DatabaseError) {
        guard PQserverVersion(pointer) >= versionMin else { throw .unavailable("PostgreSQL is older than version 15") }
        guard String(cString: PQparameterStatus(pointer, "server_encoding")) == "UTF8" else {
            throw .unavailable("the encoding of the PostgreSQL database is not UTF8")
        }
        guard let answer = PQexec(pointer, session) else { throw .unavailable("out of memory") }
        let result = PostgresResult(answer)
        if result.isError { throw PostgresFailure(result, isLost: PQstatus(pointer) != CONNECTION_OK).error }
    }

    private static func connect(_ settings: [(String, String)]) -> OpaquePointer? {
        // libpq wants two arrays of C strings, each ended by a null pointer.
        let keys = settings.map { strdup($0.0) } + [nil]
        let values = settings.map { strdup($0.1) } + [nil]
        defer { for text in keys + values { free(text) } }
        return PQconnectdbParams(keys.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
    }

    static func warn(_ text: String) { log.warning("\(text)") }
}
