import AsyncHTTPClient
public import Database
public import Logging
import Values
public import Web

/// A company that takes card payments, as a process of its own, for a demo country and for tests: an interface for merchants, a hosted
/// page for people with a 3-D Secure challenge, signed notifications, settlement files. It takes only its own test cards.
public struct Acquirer: Sendable {
    public let database: any Database
    let site: Site
    let settings: AcquirerSettings
    let book: ChargeBook
    let sender: NoticeSender
    let logger: Logger

    /// For the server's `Site`.
    public static var frame: Site.Frame {
        var frame = Site.Frame(isPortal: false)
        frame.layout = "acquirer/layout"
        return frame
    }

    /// - Parameter site: of the rooms of `Core/Web` and this module, with `Acquirer.frame`.
    public init(_ settings: AcquirerSettings, database: any Database, site: Site, logger: Logger) {
        (self.settings, self.database, self.site, self.logger) = (settings, database, site, logger)
        book = ChargeBook(settings: settings)
        sender = NoticeSender(database: database, settings: settings, client: NoticeSender.makeClient(), logger: logger)
    }

    /// Opens `acquirer.sqlite` in the data folder, with its tables.
    public static func open(_ settings: AcquirerSettings, site: Site, logger: Logger) async throws -> Acquirer {
        let database = try SQLiteDatabase(path: "\(settings.dataFolder)/acquirer.sqlite")
        let migrations = try Migrations([(module: "acquirer", folder: "\(settings.resources.path)/Schema")])
        try await migrations.apply(to: database, at: settings.clock.now())
        return Acquirer(settings, database: database, site: site, logger: logger)
    }

    public func close() async {
        do { try await sender.client.shutdown() } catch { logger.warning("the client did not shut down", metadata: ["error": "\(error)"]) }
        await database.close()
    }

    public var routes: [Route] { merchantRoutes + settlementRoutes + pageRoutes }
    /// Merchants by their keys.
    public var authenticator: any Authenticator { MerchantAuthenticator(merchants: settings.merchants) }
    /// For `Dispatcher.Settings.formTargets`: the hosted page's form ends back at the merchant.
    public var formTargets: [String] { Set(settings.merchants.flatMap(\.returnOrigins)).sorted() }

    /// Lets time pass until the task is cancelled: sessions end, banks answer, merchants are told.
    public func run(everyMilliseconds: Int64 = 250) async {
        while !Task.isCancelled {
            do { try await tick() } catch { logger.error("the acquirer's clock", metadata: ["error": "\(error)"]) }
            try? await Task.sleep(for: .milliseconds(everyMilliseconds))
        }
    }

    /// Everything that is due now, once.
    public func tick() async throws {
        let now = settings.clock.now()
        for due in try await database.read({ try book.store.due(at: now, limit: 200, in: $0) }) {
            try await database.write { connection in
                guard let charge = try book.store.find(due.id, of: due.merchantID, in: connection) else { return }
                var later = charge
                later.advance(to: now)
                try book.save([later], after: charge, in: connection)
            }
        }
        try await sender.sendDue(at: now)
    }
}
