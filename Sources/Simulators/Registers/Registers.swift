import Database
import Foundation
public import Trust
public import Values
public import Web

/// What the registers take to start.
public struct RegistersSettings: Sendable {
    /// Where their own file lies, `registers.sqlite`.
    public var dataFolder: String
    /// The project's `Data`: localities, and under `registers` names, streets, studies, businesses, personas.
    public var sourceFolder: String
    /// This module's rooms.
    public var resources: ResourceFolder
    public var people: Int
    public var businesses: Int
    public var seed: UInt64
    /// Scheme and host with port under which clients call.
    public var baseURL: String
    public var key: SigningKey
    /// Keys of the gateways that may ask.
    public var clients: [VerifyingKey]
    /// Whether `POST /faults` exists (`ZAMIN_REGISTERS_FAULTS=1`).
    public var allowsFaults: Bool
    public var clock: TimeSource

    public init(
        dataFolder: String, sourceFolder: String, resources: ResourceFolder, people: Int = 100_000, businesses: Int = 20_000,
        seed: UInt64 = 1948,
        baseURL: String, key: SigningKey, clients: [VerifyingKey], allowsFaults: Bool = false, clock: TimeSource = .wallClock
    ) {
        (self.dataFolder, self.sourceFolder, self.resources) = (dataFolder, sourceFolder, resources)
        (self.people, self.businesses, self.seed) = (people, businesses, seed)
        (self.baseURL, self.key, self.clients, self.allowsFaults, self.clock) = (baseURL, key, clients, allowsFaults, clock)
    }
}

/// Registers of the demo country, as if other bodies ran them: population (Population and Immigration Authority), addresses (National
/// Insurance), students (Council for Higher Education) and businesses (Corporations Authority). Reached only through a gateway of the
/// spine.
public final class Registers: Sendable {
    public let routes: [Route]
    /// For the server's `Site`: the texts of this module's problems.
    public let resources: ResourceFolder
    private let database: any Database

    /// Opens the registers; makes them first when there are none of this edition, which takes some seconds and is told line by line.
    ///
    /// - Throws: `RegistersError`, `DatabaseError`.
    public init(_ settings: RegistersSettings, progress: @escaping @Sendable (String) -> Void) async throws {
        resources = settings.resources
        database = try await Registers.open(settings, progress)
        let desk = try SignedDesk(
            baseURL: settings.baseURL, key: settings.key, clients: settings.clients, window: ReplayWindow(now: settings.clock.now()))
        routes = RegistersAPI(database: database, desk: desk, faults: settings.allowsFaults ? RegistersFaults() : nil).routes
    }

    public func close() async { await database.close() }

    /// Goes up when the generator changes.
    private static let generation = 3

    private static func open(_ settings: RegistersSettings, _ progress: @escaping @Sendable (String) -> Void) async throws -> any Database {
        let now = settings.clock.now()
        // The people are made for the first day of the academic year, so that they stay the same for a year.
        let day = CalendarDate(daysSince1970: now.seconds / 86_400)
        let today = AcademicYear(on: day).firstDay ?? day
        let edition =
            "\(generation) \(settings.seed) \(settings.people) \(settings.businesses) \(today) "
            + (try SourceFolder.fingerprint(settings.sourceFolder))
        let path = "\(settings.dataFolder)/registers.sqlite"
        let migrations = try Migrations([(module: "registers", folder: "\(settings.resources.path)/Schema")])
        let present = try SQLiteDatabase(path: path)
        if try await migrations.pending(in: present).isEmpty,
            try await present.read({ try RegistersStore().edition(in: $0) }) == edition
        {
            return present
        }
        await present.close()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        progress("making \(settings.people) people and \(settings.businesses) businesses")
        let country = Country(
            Country.Size(people: settings.people, businesses: settings.businesses), seed: settings.seed, on: today,
            from: try SourceFolder(settings.sourceFolder))
        let fresh = try SQLiteDatabase(path: path)
        try await migrations.apply(to: fresh, at: now)
        try await RegistersLoad(database: fresh, progress: progress).run(country, edition: edition, now: now)
        progress("the registers are ready")
        return fresh
    }
}
