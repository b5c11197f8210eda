import Contracts
import Database
import Logging
import Synchronization
import Trust
import Values

/// What a gateway at a body knows of the centre, and how: it pulls what is in force and tells of looks, once a second, and asks whether a
/// consent stands with every message that rests on one.
final class CentreLink: ConsentRegister, AuditLog {
    private static let sealScope = "spine"
    private static let timeoutMilliseconds: Int64 = 5_000
    private let hop: SignedHop
    private let database: any Database
    private let store = SpineStore()
    private let vault: Vault
    private let clock: TimeSource
    private let logger: Logger
    private let isReached = Mutex(true)

    init(to hop: SignedHop, database: any Database, vault: Vault, clock: TimeSource, logger: Logger) {
        (self.hop, self.database, self.vault, self.clock, self.logger) = (hop, database, vault, clock, logger)
    }

    // MARK: On the way of a message

    /// Nothing is kept between two messages: what was taken back is in force with the next one, and when the centre cannot be asked nothing
    /// passes that rests on consent.
    func consent(_ id: String) async throws -> ConsentGrant? {
        let answer = try await ask("/spine/consent", ["id": .string(id)])
        guard let consent = answer["consent"], consent != .null else { return nil }
        guard let grant = ConsentGrant(json: consent), grant.id == id else { throw SpineError.setting("the centre answered something else") }
        return grant
    }

    /// Kept here with the message, sealed, until the centre has taken it.
    func record(_ entry: AuditEntry, in connection: any Connection) throws {
        guard let look = Look(entry) else { return }
        let id = UUIDv7.next(at: entry.at)
        try store.insertLook(id, try vault.seal(look.json.bytes, scope: Self.sealScope, context: "spine_look.content:\(id)"), in: connection)
    }

    // MARK: Beside it

    /// Asks what is in force and tells what waits. A failure is told once, until the centre is reached again.
    func turn() async {
        do {
            try await pull()
            while try await tell() {}
            if isReached.withLock({ reached in defer { reached = true }; return !reached }) { logger.info("the centre is reached again") }
        } catch {
            guard !Task.isCancelled else { return }
            if isReached.withLock({ reached in defer { reached = false }; return reached }) {
                logger.error("the centre cannot be reached; what is in force stays so", metadata: ["error": "\(error)"])
            }
        }
    }

    func pull() async throws {
        let (store, time) = (store, clock.now())
        let known = try await database.read { try store.centre(in: $0) }
        let answer = try await ask("/spine/configuration", ["known": known.map { .int($0.edition) } ?? .null])
        guard let valid = answer["validSeconds"]?.int, valid > 0 else { throw SpineError.setting("the centre answered something else") }
        let validUntil = time.adding(seconds: valid)
        guard answer["agreements"] != nil else {
            // Once a minute is enough to go on by what is here.
            guard let known, known.validUntil < validUntil.adding(seconds: -60) else { return }
            return try await database.write { try store.prolong(until: validUntil, in: $0) }
        }
        guard let configuration = CentreConfiguration(answer) else { throw SpineError.setting("the centre's configuration cannot be read") }
        try await database.write { try store.replace(by: configuration, validUntil: validUntil, at: time, in: $0) }
        logger.info("agreements of the centre are in force", metadata: ["agreements": "\(configuration.agreements.count)"])
    }

    /// True when there may be more.
    private func tell() async throws -> Bool {
        let (store, vault) = (store, vault)
        let waiting = try await database.read { try store.looks(limit: Centre.looksMax, in: $0) }
        guard let last = waiting.last else { return false }
        let looks = try waiting.map { look -> JSON in
            ["id": .string(look.id), "entry": try JSON.parse(try vault.open(look.sealed, scope: Self.sealScope, context: "spine_look.content:\(look.id)"))]
        }
        guard try await ask("/spine/looks", ["looks": .array(looks)])["taken"]?.int == Int64(looks.count) else {
            throw SpineError.setting("the centre did not take the looks")
        }
        try await database.write { try store.removeLooks(upTo: last.id, in: $0) }
        return waiting.count == Centre.looksMax
    }

    private func ask(_ path: String, _ question: JSON) async throws -> JSON {
        let answer = try await hop.ask(path, headers: [], body: question.bytes, timeoutMilliseconds: Self.timeoutMilliseconds)
        guard answer.status == 200 else { throw HopFailure.unavailable("status \(answer.status)") }
        return try JSON.parse(answer.body)
    }
}
