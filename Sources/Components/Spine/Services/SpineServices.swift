public import Contracts
import Database
import Trust
public import Values

/// What came of importing a description.
public struct ServiceImport: Sendable {
    public let version: Int
    public let operations: [ExchangeOperation]
    /// Against the version before; empty for the first, and when nothing changed.
    public let changes: [ServiceChange]
    /// Live agreements that name a field or an operation which is there no more, or is another type.
    public let warnings: [(agreementID: String, change: ServiceChange)]
}

extension Spine {
    /// Takes a register's OpenAPI document. The same content again is no new version.
    ///
    /// - Parameter owner: the body that owns the register.
    /// - Throws: `ServiceImportError`.
    @discardableResult
    public func importService(_ document: JSON, id: String, owner: String, by actorID: String) async throws -> ServiceImport {
        let operations = try OpenAPIReader(document).operations()
        let digest = Fingerprint.hex(of: try CanonicalJSON.bytes(of: document))
        let (store, time) = (store, clock.now())
        return try await database.write { connection in
            let known = try store.service(id, in: connection)
            if let known, known.ownerID != owner { throw ServiceImportError.malformed("the owner, which is “\(known.ownerID)”,") }
            let before = try known.map { try OpenAPIReader($0.document).operations() }
            let isSame = known?.digest == digest
            let version = isSame ? known?.version ?? 1 : (known?.version ?? 0) + 1
            if !isSame {
                let service = ServiceVersion(id: id, version: version, ownerID: owner, digest: digest, document: document)
                try store.insert(service, by: actorID, at: time, in: connection)
            }
            let changes = before.map { ServiceChange.changes(from: $0, to: operations) } ?? []
            let live = try register.whole(store.agreements(in: connection)).filter { $0.row.status == .live }.map(\.agreement)
            let warnings = changes.filter(\.breaks).flatMap { change in
                live.filter { $0.isTouched(by: change) }.map { (agreementID: $0.id, change: change) }
            }
            let classes = try store.fieldClasses(in: connection)
            return ServiceImport(
                version: version, operations: operations.map { Spine.operation($0, serviceID: id, ownerID: owner, classes) }, changes: changes,
                warnings: warnings)
        }
    }

    /// Everything registers answer, by their newest descriptions.
    public func operations() async throws -> [ExchangeOperation] {
        let store = store
        return try await database.read { try Spine.operations(store, in: $0) }
    }

    static func operations(_ store: SpineStore, in connection: any Connection) throws -> [ExchangeOperation] {
        let classes = try store.fieldClasses(in: connection)
        return try store.services(in: connection).flatMap { service in
            try OpenAPIReader(service.document).operations().map { Spine.operation($0, serviceID: service.id, ownerID: service.ownerID, classes) }
        }
    }

    /// Says how much fields tell of a person.
    ///
    /// - Parameter classes: by pointer.
    public func classify(_ classes: [String: FieldClass], of operation: String, by actorID: String) async throws {
        let (store, time) = (store, clock.now())
        try await database.write { connection in
            for (pointer, fieldClass) in classes.sorted(by: { $0.key < $1.key }) {
                try store.setClass(fieldClass, operation: operation, pointer: pointer, by: actorID, at: time, in: connection)
            }
        }
    }

    static func operation(
        _ operation: OpenAPIReader.Operation, serviceID: String, ownerID: String, _ classes: [String: FieldClass]
    ) -> ExchangeOperation {
        ExchangeOperation(
            id: operation.id, serviceID: serviceID, ownerID: ownerID, name: operation.name,
            fields: operation.fields.map {
                ExchangeField(pointer: $0.pointer, type: $0.type, description: $0.description, fieldClass: classes["\(operation.id) \($0.pointer)"])
            })
    }
}

extension Agreement {
    func isTouched(by change: ServiceChange) -> Bool {
        switch change {
        case .operationAdded, .fieldAdded: false
        case .operationRemoved(let operation): operations.contains(operation)
        case .fieldRemoved(let operation, let pointer), .typeChanged(let operation, let pointer, _, _):
            operations.contains(operation) && fields.contains { $0.pointer.description == pointer }
        }
    }
}

/// Agreements, for the module by which bodies ask for them.
struct SpineDesk: AgreementDesk {
    let store: SpineStore
    let register: AgreementRegister
    /// The key by which a body signs.
    let key: @Sendable (_ bodyID: String) throws -> SigningKey

    func operations(in connection: any Connection) throws -> [ExchangeOperation] {
        try Spine.operations(store, in: connection)
    }

    func agreements(of bodyID: String?, in connection: any Connection) throws -> [AgreementState] {
        try store.dated(of: bodyID, in: connection).map { row, since in
            AgreementState(
                content: try JSON.parse(row.content), status: row.status.rawValue, since: since,
                lastUsedAt: try store.lastUse(of: row.id, in: connection))
        }
    }

    func agreement(_ id: String, in connection: any Connection) throws -> AgreementState? {
        guard let row = try store.latest(id, in: connection), row.status != .ended else { return nil }
        return try agreements(of: Agreement(json: JSON.parse(row.content)).consumerID, in: connection).last { $0.id == id }
    }

    func fault(in content: JSON) -> String? {
        do {
            _ = try Agreement(json: content)
            return nil
        } catch { return "\(error)" }
    }

    func signature(under content: JSON, of bodyID: String) throws -> String {
        try AgreementSignature.sign(try Agreement(json: content), as: bodyID, by: try key(bodyID))
    }

    func activate(_ content: JSON, signatures: [String: String], at time: Instant, in connection: any Connection) throws {
        let agreement = try Agreement(json: content)
        let latest = try store.latest(agreement.id, in: connection)
        guard agreement.version == (latest?.version ?? 0) + 1 else {
            throw SpineError.malformedAgreement("\(agreement.id): version \(agreement.version) does not follow \(latest?.version ?? 0)")
        }
        let keys = try store.keys(in: connection)
        for party in [agreement.consumerID, agreement.providerID] {
            let key = try key(party).verifyingKey
            if keys[party] != key { try store.setKey(key, of: party, at: time, in: connection) }
            guard let jws = signatures[party], AgreementSignature.isValid(jws, under: agreement, of: party, by: key) else {
                throw SpineError.unsigned("\(agreement.id) by \(party)")
            }
        }
        if let latest { try store.setStatus(.ended, of: latest.id, version: latest.version, at: time, in: connection) }
        try store.insert(agreement, status: .live, at: time, in: connection)
        for party in [agreement.consumerID, agreement.providerID] {
            try store.insertSignature(signatures[party] ?? "", of: party, under: agreement, at: time, in: connection)
        }
    }

    func suspend(_ id: String, at time: Instant, in connection: any Connection) throws {
        guard let latest = try store.latest(id, in: connection), latest.status == .live else { return }
        try store.setStatus(.suspended, of: id, version: latest.version, at: time, in: connection)
    }
}
