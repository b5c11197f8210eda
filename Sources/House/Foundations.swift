package import Audit
package import Bodies
package import Database
import Foundation
package import Identity
import Jobs
import Language
package import Logging
import Portal
import Spine
package import Transparency
package import Trust
package import Values
package import Web

/// What every role with the shared database stands on.
package struct Foundations: Sendable {
    package let settings: Settings
    package let logger: Logger
    package let resources: Resources
    package let keys: Keys
    package let vault: Vault
    package let database: any Database
    package let bodies: Bodies
    package let site: Site
    package let organisations: OrganisationNames
    package let audit: Audit
    /// Of what went through the gateways that write into this database.
    package let messageLog: TransparencyLog
    package let clock: TimeSource = .wallClock

    package init(_ settings: Settings, _ logger: Logger) async throws {
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
        var frame = Site.Frame(navigation: Portal.navigation, organisationName: { organisations.name(of: $0, in: $1) })
        frame.isSimulator = settings.isSimulator
        site = try Site(folders: resources.pages, frame: frame)
        audit = Audit(
            database: database, signer: try NoteSigner(name: "zamin/audit", key: try keys.signing("audit")),
            checkpointFolder: "\(settings.dataFolder)/audit/checkpoints", timestamps: settings.timestamps,
            bodies: bodies, site: site, clock: clock)
        messageLog = Spine.messageLog(
            in: database, signer: try NoteSigner(name: "zamin/messages", key: try keys.signing("messages-log")),
            checkpointFolder: "\(settings.dataFolder)/spine/checkpoints", timestamps: settings.timestamps, clock: clock)
    }

    package var migrations: Migrations { get throws { try Migrations(resources.schemas) } }

    /// A role does not start on a database that is behind, ahead or altered.
    package func checkMigrations() async throws {
        let pending = try await migrations.pending(in: database)
        guard pending.isEmpty else {
            throw DatabaseError.migration("the database is behind: run `zamin migrate` first (\(pending.joined(separator: ", ")))")
        }
    }
}
