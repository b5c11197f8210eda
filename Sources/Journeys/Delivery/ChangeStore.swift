import Contracts
import Database

/// How far the events of registers were read.
extension CaseStore {
    func open(_ feed: EventFeed, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO delivery_feed (body_id, operation, purpose, after_number) VALUES ($1, $2, $3, 0)
            ON CONFLICT (body_id, operation, purpose) DO NOTHING
            """, [.text(feed.consumerID), .text(feed.operation), .text(feed.purpose)])
    }

    func feeds(in connection: any Connection) throws -> [(feed: EventFeed, after: Int64)] {
        try connection.query("SELECT body_id, operation, purpose, after_number FROM delivery_feed ORDER BY body_id, operation, purpose", []) {
            (EventFeed(consumerID: try $0.text(0), operation: try $0.text(1), purpose: try $0.text(2)), try $0.int(3))
        }
    }

    /// False when somebody else has gone on meanwhile.
    func advance(_ feed: EventFeed, from before: Int64, to after: Int64, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "UPDATE delivery_feed SET after_number = $1 WHERE body_id = $2 AND operation = $3 AND purpose = $4 AND after_number = $5",
            [.integer(after), .text(feed.consumerID), .text(feed.operation), .text(feed.purpose), .integer(before)]) > 0
    }
}
