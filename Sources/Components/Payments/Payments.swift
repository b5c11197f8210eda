public import Contracts
public import Database
public import Jobs
import Language
public import Logging
public import Values
public import Web

/// Takes money from people through an acquirer: the front door. Nothing here ever sees a card number.
public struct Payments: Sendable {
    let database: any Database
    let store = PaymentStore()
    let site: Site
    let graph: PaymentGraph
    let acquirer: any AcquirerAdapter
    let bodies: any BodyDirectory
    let audit: any AuditLog
    let publicURL: String
    let capturesSeparately: Bool
    let clock: TimeSource
    let logger: Logger

    /// - Parameters:
    ///   - graph: from `Data/payment-states.json`.
    ///   - publicURL: the address people use, without a slash at the end: where the acquirer sends them back to.
    ///   - capturesSeparately: money is held first and taken in a step of its own.
    public init(
        database: any Database, site: Site, graph: PaymentGraph, acquirer: any AcquirerAdapter, bodies: any BodyDirectory,
        audit: any AuditLog, publicURL: String, capturesSeparately: Bool = false, clock: TimeSource, logger: Logger
    ) {
        (self.database, self.site, self.graph, self.acquirer) = (database, site, graph, acquirer)
        (self.bodies, self.audit, self.publicURL, self.capturesSeparately) = (bodies, audit, publicURL, capturesSeparately)
        (self.clock, self.logger) = (clock, logger)
    }

    public var routes: [Route] { payRoutes + receiptRoutes + [notificationRoute] }
    public var zoneSection: any ZoneSection { PaymentZone(payments: self) }
    /// For `Dispatcher.Settings.formTargets`: the button that begins a payment ends at the acquirer's page, which the content security
    /// policy must allow.
    public var formTargets: [String] { [acquirer.origin] }

    public func register(in jobs: inout JobRegistry) {
        jobs.every(seconds: 5, "payments.ask") { try await askDue() }
        jobs.every(seconds: 3_600, "payments.reconcile") { try await reconcileDue() }
        jobs.job(PaymentJob.ask) { job in try await ask(try PaymentJob.payment(job)) }
        jobs.job(PaymentJob.cancel) { job in try await close(try PaymentJob.payment(job)) }
        jobs.job(PaymentJob.refund) { job in try await giveBack(try PaymentJob.payment(job)) }
    }
}
