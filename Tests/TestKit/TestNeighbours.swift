public import Contracts
public import Database
internal import Language
internal import Synchronization
internal import Values
public import Web

/// Keeps what was recorded.
public final class TestAudit: AuditLog {
    private let kept = Mutex<[AuditEntry]>([])
    public init() {}
    public func record(_ entry: AuditEntry, in connection: any Connection) throws { kept.withLock { $0.append(entry) } }
    public var entries: [AuditEntry] { kept.withLock { $0 } }
}

/// A country of one municipality, `haifa`.
public struct TestBodies: BodyDirectory {
    public let bodies = [
        PublicBody(
            id: "haifa", kind: .municipality, parentID: nil, number: nil, localityCode: 4000,
            name: LocalizedText([.he: "עיריית חיפה", .ar: "بلدية حيفا", .en: "Haifa Municipality"]), about: LocalizedText([:]),
            phone: "04-8356356", site: "https://www.haifa.muni.il/")
    ]
    public let localities = [
        Locality(code: 4000, name: LocalizedText([.he: "חיפה", .en: "Haifa"]), district: "haifa", population: 290_000)
    ]
    public init() {}
    public func body(_ id: String) -> PublicBody? { bodies.first { $0.id == id } }
    public func locality(_ code: Int) -> Locality? { localities.first { $0.code == code } }
    public func municipality(of locality: Int) -> PublicBody? { bodies.first }
}

/// Signs everybody in as the same person, or nobody.
public struct TestSession: Authenticator {
    let id: String?
    let capacity: Capacity
    public init(id: String?, capacity: Capacity = .own) { (self.id, self.capacity) = (id, capacity) }
    public func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        guard let id else { return .anonymous }
        return Actor(kind: .person, id: id, name: "דנה כהן-לוי", assurance: .substantial, capacity: capacity)
    }
}
