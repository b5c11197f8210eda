import Contracts
import Database
import Logging
import Synchronization
import Trust
import Values

/// An agreement in force, ready for use.
struct LiveAgreement: Sendable {
    let agreement: Agreement
    let minimiser: Minimiser

    init(_ agreement: Agreement) {
        self.agreement = agreement
        minimiser = Minimiser(agreement.fields.map(\.pointer))
    }

    /// Labels of the fields that an answer really holds.
    func labels(in value: JSON) -> [String] {
        var labels: [String] = []
        for field in agreement.fields where !labels.contains(field.label) {
            if LiveAgreement.holds(value, field.pointer.tokens[...]) { labels.append(field.label) }
        }
        return labels
    }

    /// Whether anything lies at a place; `*` is any item of a list, and an empty one says that there is none.
    private static func holds(_ value: JSON, _ tokens: ArraySlice<String>) -> Bool {
        guard let token = tokens.first else { return true }
        if token == "*", let items = value.array { return items.isEmpty || items.contains { holds($0, tokens.dropFirst()) } }
        return value[token].map { holds($0, tokens.dropFirst()) } ?? false
    }
}

/// What a gateway decides by: compiled from agreements that are live and signed by both, and nothing else.
struct AgreementTable: Sendable {
    private let byParties: [String: [LiveAgreement]]
    private let byVersion: [String: LiveAgreement]
    /// Gateways that stand at bodies.
    let gateways: [Peer]
    /// What registers answer, where the centre says it; nil where it is set.
    let services: RegisterDirectory?
    /// After that nothing is in force, unless the centre has said it anew; nil where agreements are the database's own.
    let validUntil: Instant?
    /// Every body that may ask anything.
    var consumers: Set<String> { Set(byVersion.values.map(\.agreement.consumerID)) }

    init(_ live: [LiveAgreement], gateways: [Peer] = [], services: RegisterDirectory? = nil, validUntil: Instant? = nil) {
        (self.gateways, self.services, self.validUntil) = (gateways, services, validUntil)
        byParties = Dictionary(
            grouping: live.flatMap { one in one.agreement.operations.map { (AgreementTable.key(one.agreement.consumerID, $0), one) } },
            by: \.0
        ).mapValues { $0.map(\.1) }
        byVersion = Dictionary(live.map { ("\($0.agreement.id) \($0.agreement.version)", $0) }, uniquingKeysWith: { _, last in last })
    }

    private static func key(_ consumerID: String, _ operation: String) -> String { "\(consumerID) \(operation)" }

    /// Those by which a body may ask an operation.
    func agreements(of consumerID: String, on operation: String) -> [LiveAgreement] { byParties[AgreementTable.key(consumerID, operation)] ?? [] }

    /// The version now in force of the agreement under which somebody follows.
    func agreement(of following: Following) -> LiveAgreement? {
        agreements(of: following.consumerID, on: following.operation).first { $0.agreement.id == following.agreementID }
    }

    /// The agreement that covers a question, or why none does: of several refusals the one that came closest.
    func find(_ request: AgreementRequest) -> Result<LiveAgreement, AgreementRefusal> {
        var closest: AgreementRefusal = .noAgreement
        for candidate in agreements(of: request.consumerID, on: request.operation) {
            guard let refusal = candidate.agreement.refusal(of: request) else { return .success(candidate) }
            let order = AgreementRefusal.allCases
            if order.firstIndex(of: refusal) ?? 0 > order.firstIndex(of: closest) ?? 0 { closest = refusal }
        }
        return .failure(closest)
    }

    /// The version a message names; refused unless it is in force and covers the question.
    func find(id: String, version: Int, for request: AgreementRequest) -> Result<LiveAgreement, AgreementRefusal> {
        guard let live = byVersion["\(id) \(version)"] else { return .failure(.notLive) }
        return live.agreement.refusal(of: request).map { .failure($0) } ?? .success(live)
    }
}

/// The table, kept in memory. It asks the store at most once a second whether anything changed, so that a suspension is in force
/// within two seconds; when the store cannot be read it goes on with what it has.
final class AgreementCache: Sendable {
    private struct State {
        var table = AgreementTable([])
        var edition: Int64 = -1
        var checkedMicroseconds = Int64.min
        /// Compiled agreements by what their validity depends on, so that a change checks only what changed.
        var compiled: [String: LiveAgreement] = [:]
    }

    private static let ageLimitMicroseconds: Int64 = 1_000_000
    private let state = Mutex(State())
    private let database: any Database
    private let store = SpineStore()
    private let logger: Logger

    init(database: any Database, logger: Logger) { (self.database, self.logger) = (database, logger) }

    func table(now: Instant) async -> AgreementTable {
        let isDue = state.withLock { state in
            let age = now.microseconds.subtractingReportingOverflow(state.checkedMicroseconds)
            guard age.overflow || age.partialValue >= AgreementCache.ageLimitMicroseconds || age.partialValue < 0 else { return false }
            // Others go on with the present table while this call reads.
            if state.edition >= 0 { state.checkedMicroseconds = now.microseconds }
            return true
        }
        if isDue { await refresh(now) }
        let table = state.withLock { $0.table }
        guard let end = table.validUntil, now >= end else { return table }
        if isDue { logger.error("the centre has not been heard for too long: no agreement is in force", metadata: ["since": "\(end)"]) }
        return AgreementTable([])
    }

    private func refresh(_ now: Instant) async {
        let (store, known) = (store, state.withLock { $0.edition })
        do {
            let read = try await database.read { connection -> Reading? in
                let edition = try store.edition(in: connection)
                return edition == known ? nil : try Reading(edition, store, connection)
            }
            guard let read else { return }
            let earlier = state.withLock { $0.compiled }
            var compiled: [String: LiveAgreement] = [:]
            for row in read.rows where row.status == .live {
                let signed = read.signatures["\(row.id) \(row.version)"] ?? [:]
                let key = AgreementCache.fingerprint(row, signed, read.keys)
                if let live = earlier[key] ?? compile(row, signed, read.keys) { compiled[key] = live }
            }
            let table = AgreementTable(
                Array(compiled.values).sorted { $0.agreement.id < $1.agreement.id }, gateways: read.gateways, services: read.centre?.services,
                validUntil: read.centre?.validUntil)
            let edition = read.edition
            state.withLock { state in
                (state.table, state.edition, state.compiled, state.checkedMicroseconds) = (table, edition, compiled, now.microseconds)
            }
        } catch {
            logger.error("agreements cannot be read; the last ones stay in force", metadata: ["error": "\(error)"])
        }
    }

    /// Everything the table is made of, as it was at one moment.
    private struct Reading {
        let edition: Int64
        let rows: [AgreementRow]
        let signatures: [String: [String: String]]
        let keys: [String: VerifyingKey]
        let gateways: [Peer]
        let centre: (edition: Int64, services: RegisterDirectory?, validUntil: Instant)?

        init(_ edition: Int64, _ store: SpineStore, _ connection: any Connection) throws {
            self.edition = edition
            (rows, signatures) = (try store.agreements(in: connection), try store.signatures(in: connection))
            (keys, gateways) = (try store.keys(in: connection), try store.gateways(in: connection))
            centre = try store.centre(in: connection)
        }
    }

    private static func fingerprint(_ row: AgreementRow, _ signed: [String: String], _ keys: [String: VerifyingKey]) -> String {
        let parties = signed.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value) \(keys[$0.key]?.thumbprint ?? "")" }
        return Fingerprint.hex(of: ([row.contentHash, row.content] + parties).joined(separator: "\n"))
    }

    /// Nil, with a line in the log, unless the content is what both parties signed.
    private func compile(_ row: AgreementRow, _ signed: [String: String], _ keys: [String: VerifyingKey]) -> LiveAgreement? {
        do {
            let agreement = try Agreement(json: try JSON.parse(row.content))
            guard agreement.id == row.id, agreement.version == row.version, try agreement.contentHash() == row.contentHash else {
                throw SpineError.malformedAgreement("\(row.id): the content is not what its row says")
            }
            for party in [agreement.consumerID, agreement.providerID] {
                guard let key = keys[party], let jws = signed[party], AgreementSignature.isValid(jws, under: agreement, of: party, by: key)
                else {
                    throw SpineError.unsigned("\(row.id) by \(party)")
                }
            }
            return LiveAgreement(agreement)
        } catch {
            logger.error(
                "an agreement is not put in force", metadata: ["agreement": "\(row.id)", "version": "\(row.version)", "error": "\(error)"])
            return nil
        }
    }
}
