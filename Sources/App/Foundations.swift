import Audit
import Bodies
import Database
import Foundation
import Identity
import Jobs
import Language
import Logging
import Portal
import Trust
import Values
import Web

/// What every role with the shared database stands on.
struct Foundations: Sendable {
    let settings: Settings
    let logger: Logger
    let resources: Resources
    let keys: Keys
    let vault: Vault
    let database: any Database
    let bodies: Bodies
    let site: Site
    let organisations: OrganisationNames
    let audit: Audit
    let clock: TimeSource = .wallClock

    init(_ settings: Settings, _ logger: Logger) async throws {
        (self.settings, self.logger) = (settings, logger)
        try FileManager.default.createDirectory(
            atPath: settings.dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        resources = Resources(root: settings.resourceFolder)
        keys = try Keys(settings)
        vault = try keys.vault()
        database = try openDatabase(url: settings.databaseURL, dataFolder: settings.dataFolder)
        let bodies = try Bodies.load(dataFolder: settings.contentFolder)
        let organisations = OrganisationNames(bodies: bodies)
        (self.bodies, self.organisations) = (bodies, organisations)
        site = try Site(
            folders: resources.pages,
            frame: .init(navigation: Portal.navigation, organisationName: { organisations.name(of: $0, in: $1) }))
        audit = Audit(
            database: database, signer: try NoteSigner(name: "zamin/audit", key: try keys.signing("audit")), bodies: bodies, site: site, clock: clock)
    }

    var migrations: Migrations { get throws { try Migrations(resources.schemas) } }

    /// A role does not start on a database that is behind, ahead or altered.
    func checkMigrations() async throws {
        let pending = try await migrations.pending(in: database)
        guard pending.isEmpty else {
            throw DatabaseError.migration("the database is behind: run `zamin migrate` first (\(pending.joined(separator: ", ")))")
        }
    }
}
