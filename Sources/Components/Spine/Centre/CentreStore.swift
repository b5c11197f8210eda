import Contracts
import Database
import Trust
import Values

/// What a gateway with a database of its own needs of the centre, as it goes over the wire.
struct CentreConfiguration: Sendable {
    struct Entry: Sendable {
        let row: AgreementRow
        /// Body → JWS.
        let signatures: [String: String]
    }

    var edition: Int64
    var agreements: [Entry]
    /// Body → public key (JWK).
    var keys: [String: JSON]
    var gateways: [Peer]
    var services: RegisterDirectory

    var json: JSON {
        [
            "edition": .int(edition),
            "agreements": .array(
                agreements.map {
                    [
                        "id": .string($0.row.id), "version": .int(Int64($0.row.version)), "status": .string($0.row.status.rawValue),
                        "content": .string($0.row.content), "hash": .string($0.row.contentHash), "signatures": .object($0.signatures.mapValues(JSON.string)),
                    ]
                }), "keys": .object(keys), "gateways": .array(gateways.map(\.json)), "services": services.json,
        ]
    }

    /// Nil for any other shape. What agreements say and who signed them is checked when they are compiled.
    init?(_ json: JSON) {
        guard let edition = json["edition"]?.int, let list = json["agreements"]?.array, let keys = json["keys"]?.object,
            let peers = json["gateways"]?.array, let services = json["services"].flatMap({ try? RegisterDirectory(json: $0) })
        else { return nil }
        var entries: [Entry] = []
        for item in list {
            guard let id = item["id"]?.string, let version = item["version"]?.int, let content = item["content"]?.string,
                let hash = item["hash"]?.string, let status = item["status"]?.string.flatMap(AgreementStatus.init), let signed = item["signatures"]?.object
            else { return nil }
            let row = AgreementRow(id: id, version: Int(version), status: status, content: content, contentHash: hash)
            entries.append(Entry(row: row, signatures: signed.compactMapValues(\.string)))
        }
        let gateways = peers.compactMap(Peer.init(json:))
        guard gateways.count == peers.count else { return nil }
        self.init(edition: edition, agreements: entries, keys: keys, gateways: gateways, services: services)
    }

    init(edition: Int64, agreements: [Entry], keys: [String: JSON], gateways: [Peer], services: RegisterDirectory) {
        (self.edition, self.agreements, self.keys, self.gateways, self.services) = (edition, agreements, keys, gateways, services)
    }
}

/// SQL of gateways, of what they are told and of what they tell.
extension SpineStore {
    // MARK: Gateways

    func gateways(in connection: any Connection) throws -> [Peer] {
        try connection.query("SELECT base_url, jwk, bodies FROM spine_gateway ORDER BY key_id", []) { row -> Peer? in
            let bodies = try row.optionalText(2).map { try JSON.parse($0).array?.compactMap(\.string) ?? [] }
            return try? Peer(baseURL: try row.text(0), key: try VerifyingKey(jwk: try row.json(1)), bodies: bodies.map(Set.init))
        }.compactMap(\.self)
    }

    func put(_ gateway: Peer, at time: Instant, in connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO spine_gateway (key_id, base_url, jwk, bodies, since) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (key_id) DO UPDATE SET base_url = excluded.base_url, bodies = excluded.bodies
            """,
            [
                .text(gateway.key.keyID), .text(gateway.baseURL), .json(gateway.key.jwk),
                gateway.bodies.map { .json(.strings($0.sorted())) } ?? .null, .instant(time),
            ])
        try raiseEdition(in: connection)
    }

    /// False when there is none with this key.
    func removeGateway(_ keyID: String, in connection: any Connection) throws -> Bool {
        let changed = try connection.changes("DELETE FROM spine_gateway WHERE key_id = $1", [.text(keyID)])
        try raiseEdition(in: connection)
        return changed > 0
    }

    // MARK: Configuration

    /// What concerns some bodies (nil: all).
    func configuration(of bodies: Set<String>?, services: RegisterDirectory, in connection: any Connection) throws -> CentreConfiguration {
        let signatures = try signatures(in: connection)
        let entries = try agreements(in: connection).compactMap { row -> CentreConfiguration.Entry? in
            guard let content = try? JSON.parse(row.content) else { return nil }
            let parties = [content["consumer"]?.string ?? "", content["provider"]?.string ?? ""]
            guard bodies.map({ !$0.isDisjoint(with: parties) }) ?? true else { return nil }
            return .init(row: row, signatures: signatures["\(row.id) \(row.version)"] ?? [:])
        }
        let parties = Set(entries.flatMap { $0.signatures.keys })
        let keys = try keys(in: connection).filter { parties.contains($0.key) }.mapValues(\.jwk)
        return CentreConfiguration(
            edition: try edition(in: connection), agreements: entries, keys: keys, gateways: try gateways(in: connection), services: services)
    }

    /// Puts what the centre said in place of what it said before, whole.
    func replace(by configuration: CentreConfiguration, validUntil: Instant, at time: Instant, in connection: any Connection) throws {
        for table in ["spine_agreement", "spine_agreement_signature", "spine_body_key", "spine_gateway", "spine_configuration"] {
            try connection.execute("DELETE FROM \(table)", [])
        }
        for entry in configuration.agreements {
            let content = try JSON.parse(entry.row.content)
            try connection.execute(
                """
                INSERT INTO spine_agreement (id, version, consumer_id, provider_id, status, content, content_hash, changed_at)
                VALUES (\(SQL.parameters(8)))
                """,
                [
                    .text(entry.row.id), .integer(Int64(entry.row.version)), .text(content["consumer"]?.string ?? ""),
                    .text(content["provider"]?.string ?? ""), .text(entry.row.status.rawValue), .text(entry.row.content), .text(entry.row.contentHash),
                    .instant(time),
                ])
            for (body, jws) in entry.signatures.sorted(by: { $0.key < $1.key }) {
                try connection.execute(
                    "INSERT INTO spine_agreement_signature (agreement_id, version, body_id, jws, signed_at) VALUES ($1, $2, $3, $4, $5)",
                    [.text(entry.row.id), .integer(Int64(entry.row.version)), .text(body), .text(jws), .instant(time)])
            }
        }
        for (body, jwk) in configuration.keys.sorted(by: { $0.key < $1.key }) {
            try connection.execute(
                "INSERT INTO spine_body_key (body_id, jwk, since) VALUES ($1, $2, $3)", [.text(body), .json(jwk), .instant(time)])
        }
        for gateway in configuration.gateways { try put(gateway, at: time, in: connection) }
        try connection.execute(
            "INSERT INTO spine_configuration (id, centre_edition, services, valid_until) VALUES (1, $1, $2, $3)",
            [.integer(configuration.edition), .json(configuration.services.json), .instant(validUntil)])
        try raiseEdition(in: connection)
    }

    /// The edition the centre had, what registers answer and until when all of it may be used; nil where agreements are the database's own.
    func centre(in connection: any Connection) throws -> (edition: Int64, services: RegisterDirectory?, validUntil: Instant)? {
        try connection.first("SELECT centre_edition, services, valid_until FROM spine_configuration WHERE id = 1", []) { row in
            (try row.int(0), try? RegisterDirectory(json: try row.json(1)), try row.instant(2))
        }
    }

    func prolong(until time: Instant, in connection: any Connection) throws {
        try connection.execute("UPDATE spine_configuration SET valid_until = $1 WHERE id = 1", [.instant(time)])
        try raiseEdition(in: connection)
    }

    // MARK: Looks

    func insertLook(_ id: String, _ sealed: [UInt8], in connection: any Connection) throws {
        try connection.execute("INSERT INTO spine_look (id, content) VALUES ($1, $2)", [.text(id), .blob(sealed)])
    }

    /// The oldest that wait.
    func looks(limit: Int, in connection: any Connection) throws -> [(id: String, sealed: [UInt8])] {
        try connection.query("SELECT id, content FROM spine_look ORDER BY id LIMIT $1", [.integer(Int64(limit))]) { (try $0.text(0), try $0.blob(1)) }
    }

    func removeLooks(upTo id: String, in connection: any Connection) throws {
        try connection.execute("DELETE FROM spine_look WHERE id <= $1", [.text(id)])
    }

    /// False when this gateway has told it before.
    func take(look id: String, from gatewayID: String, at time: Instant, in connection: any Connection) throws -> Bool {
        try connection.changes(
            "INSERT INTO spine_look_taken (gateway_id, id, at) VALUES ($1, $2, $3) ON CONFLICT (gateway_id, id) DO NOTHING",
            [.text(gatewayID), .text(id), .instant(time)]) == 1
    }
}
