public import Contracts
public import Database
public import Jobs
import Language
public import Values
public import Web

/// Requests for data of other bodies, from the draft over opinions, committee and security to an agreement that both have signed and that
/// is in force at once. The front door.
public struct Transfers: Sendable {
    let database: any Database
    let store = TransferStore()
    let desk: any AgreementDesk
    let monitor: any AgreementMonitor
    let people: any People
    let bodies: any BodyDirectory
    let postman: any Postman
    let site: Site
    /// References of provisions that a request may rest on; their names are `audit.law.<reference>`.
    let laws: [String]
    let clock: TimeSource

    public init(
        database: any Database, desk: any AgreementDesk, monitor: any AgreementMonitor, people: any People, bodies: any BodyDirectory,
        postman: any Postman, site: Site, laws: [String], clock: TimeSource
    ) {
        (self.database, self.desk, self.monitor, self.people, self.bodies) = (database, desk, monitor, people, bodies)
        (self.postman, self.site, self.laws, self.clock) = (postman, site, laws, clock)
    }

    public var routes: [Route] { deskRoutes + formRoutes + registerRoutes }

    public func register(in jobs: inout JobRegistry) { jobs.every(seconds: 3_600, "transfers.upkeep") { try await keepUp() } }
}
