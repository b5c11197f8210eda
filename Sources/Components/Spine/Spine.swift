public import Contracts
public import Database
import HTTPTypes
public import Logging
public import Trust
public import Values
public import Web

/// Exchange of data between bodies: the front door for agreements. Questions themselves go through a `Gateway`.
public struct Spine: Sendable {
    let database: any Database
    let store = SpineStore()
    let register: AgreementRegister
    let statistics: OpenStatistics
    let clock: TimeSource

    public init(database: any Database, clock: TimeSource = .wallClock, logger: Logger = Logger(label: "zamin.spine")) {
        (self.database, self.clock) = (database, clock)
        register = AgreementRegister(database: database, logger: logger)
        statistics = OpenStatistics(database: database)
    }

    /// Puts the agreements of a file in force, signed by both parties with keys that lie in `keyFolder` (made there when missing). Only
    /// for a demo country, where one machine holds every body's key. What is in force already with the same content is left alone; with
    /// another content it is followed by a new version.
    ///
    /// - Parameter document: the content of `agreements.json`.
    /// - Returns: how many agreements were put in force.
    @discardableResult
    public func loadDemo(_ document: JSON, bodies: [PublicBody], keyFolder: String) async throws -> Int {
        let agreements = try AgreementFile(json: document, bodies: bodies).agreements
        var keys: [String: SigningKey] = [:]
        for body in Set(agreements.flatMap { [$0.consumerID, $0.providerID] }).sorted() {
            keys[body] = try SigningKey.open(folder: keyFolder, name: body)
        }
        let (store, time, signers) = (store, clock.now(), keys)
        return try await database.write { connection in
            let known = try store.keys(in: connection)
            for (body, key) in signers where known[body] != key.verifyingKey {
                try store.setKey(key.verifyingKey, of: body, at: time, in: connection)
            }
            return try agreements.filter { try Spine.sign($0, signers, store, at: time, in: connection) }.count
        }
    }

    /// False when the same content is there already, whatever its state: what was suspended stays suspended.
    private static func sign(
        _ agreement: Agreement, _ signers: [String: SigningKey], _ store: SpineStore, at time: Instant, in connection: any Connection
    ) throws -> Bool {
        var agreement = agreement
        if let latest = try store.latest(agreement.id, in: connection) {
            agreement.version = latest.version
            if try agreement.contentHash() == latest.contentHash { return false }
            try store.setStatus(.ended, of: latest.id, version: latest.version, at: time, in: connection)
            agreement.version = latest.version + 1
        }
        try store.insert(agreement, status: .live, at: time, in: connection)
        for body in [agreement.consumerID, agreement.providerID] {
            guard let key = signers[body] else { throw SpineError.unsigned(agreement.id) }
            try store.insertSignature(
                try AgreementSignature.sign(agreement, as: body, by: key), of: body, under: agreement, at: time, in: connection)
        }
        return true
    }

    /// Stops or resumes an agreement (its latest version). Gateways follow within two seconds.
    ///
    /// - Throws: `SpineError.unknownAgreement`.
    public func setStatus(_ status: AgreementStatus, of id: String) async throws {
        let (store, time) = (store, clock.now())
        try await database.write { connection in
            guard let latest = try store.latest(id, in: connection) else { throw SpineError.unknownAgreement(id) }
            try store.setStatus(status, of: id, version: latest.version, at: time, in: connection)
        }
    }

    /// - Parameter key: the key by which a body signs.
    public func desk(key: @escaping @Sendable (_ bodyID: String) throws -> SigningKey) -> any AgreementDesk {
        SpineDesk(store: store, register: register, key: key)
    }

    /// Registers a gateway that stands at a body, or gives one another address or other bodies. Gateways follow within two seconds.
    public func setGateway(_ gateway: Peer) async throws {
        _ = try BaseURL(setting: gateway.baseURL)
        let (store, time) = (store, clock.now())
        try await database.write { try store.put(gateway, at: time, in: $0) }
    }

    /// False when there is none with this key.
    public func removeGateway(_ keyID: String) async throws -> Bool {
        let store = store
        return try await database.write { try store.removeGateway(keyID, in: $0) }
    }

    public func gateways() async throws -> [Peer] {
        let store = store
        return try await database.read { try store.gateways(in: $0) }
    }

    /// The agreements that are not over, with their state, in the order of their ids.
    public func agreements() async throws -> [(agreement: Agreement, status: AgreementStatus)] {
        let store = store
        return register.whole(try await database.read { try store.agreements(in: $0) }).map { ($0.agreement, $0.row.status) }
    }

    /// The register of agreements is open to everybody.
    public var routes: [Route] {
        [
            .api(
                .get, "/agreements", for: .everyone, "spine.listAgreements", "Which body may ask which register for what, why, by what law",
                answers: [
                    .init(
                        200, "All agreements that are not over",
                        schema: [
                            "type": "object", "required": ["agreements"],
                            "properties": [
                                "agreements": ["type": "array", "items": ["type": "object", "required": ["status", "content"]]]
                            ],
                        ])
                ]
            ) { [register] _ in Reply(headers: [.contentType: "application/json"], body: try await register.body()) },
            .api(
                .get, "/agreements/statistics", for: .everyone, "spine.statistics",
                "How much passed under each agreement on each day, told ten days later",
                answers: [.init(200, "The days of a month, in their order", schema: OpenStatistics.schema)]
            ) { [statistics] call in .json(try await statistics.json(at: call.time)) },
        ]
    }
}
