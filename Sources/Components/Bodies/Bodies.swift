public import Contracts
internal import Foundation

/// The public bodies and the places of the country: the front door. Both are reference data that comes with a release, some hundred
/// kilobytes, read from files at start and kept in memory; nothing in the database repeats them. Whoever needs a body asks this value
/// through `BodyDirectory`, so that editing bodies in the browser can put a table behind it without anybody noticing.
public struct Bodies: BodyDirectory {
    /// In the order of the file: ministries first, municipalities last.
    public let bodies: [PublicBody]
    public let localities: [Locality]
    private let bodiesByID: [String: PublicBody]
    private let localitiesByCode: [Int: Locality]
    private let municipalities: [Int: PublicBody]

    /// Reads `bodies.json` and `localities.csv` in a folder.
    ///
    /// - Throws: `BodiesError` with every fault that was found, never only the first.
    public static func load(dataFolder: String) throws(BodiesError) -> Bodies {
        let localities = try LocalitiesFile.read(try bytes("\(dataFolder)/localities.csv"))
        let bodies = try BodiesFile.read(try bytes("\(dataFolder)/bodies.json"))
        return try Bodies(bodies: bodies, localities: localities)
    }

    /// - Throws: `BodiesError.invalid` when an id or code is there twice, when a body belongs to one that is not there or governs a place
    ///   that is not there, or when two bodies govern one place.
    public init(bodies: [PublicBody], localities: [Locality]) throws(BodiesError) {
        (self.bodies, self.localities) = (bodies, localities)
        bodiesByID = Dictionary(bodies.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        localitiesByCode = Dictionary(localities.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
        municipalities = Dictionary(
            bodies.compactMap { body in body.localityCode.map { ($0, body) } }, uniquingKeysWith: { first, _ in first })
        let faults = faults()
        guard faults.isEmpty else { throw .invalid(faults) }
    }

    public func body(_ id: String) -> PublicBody? { bodiesByID[id] }
    public func locality(_ code: Int) -> Locality? { localitiesByCode[code] }
    public func municipality(of locality: Int) -> PublicBody? { municipalities[locality] }

    private func faults() -> [String] {
        var faults: [String] = []
        if bodiesByID.count != bodies.count { faults.append("bodies.json: an id is there twice") }
        if localitiesByCode.count != localities.count { faults.append("localities.csv: a code is there twice") }
        for body in bodies {
            if let parent = body.parentID, bodiesByID[parent] == nil {
                faults.append("bodies.json: \(body.id) belongs to \(parent), which is not there")
            }
            guard let code = body.localityCode else { continue }
            if localitiesByCode[code] == nil { faults.append("bodies.json: \(body.id) governs the locality \(code), which is not there") }
            if municipalities[code]?.id != body.id { faults.append("bodies.json: \(body.id) governs \(code), which another does already") }
        }
        return faults
    }

    private static func bytes(_ path: String) throws(BodiesError) -> [UInt8] {
        guard let content = FileManager.default.contents(atPath: path) else { throw .unreadable(path) }
        return Array(content)
    }
}

/// Why the reference data cannot be used. A server does not start with it.
public enum BodiesError: Error, Equatable, CustomStringConvertible {
    case unreadable(String)
    case invalid([String])

    public var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read"
        case .invalid(let faults): faults.joined(separator: "\n")
        }
    }
}
