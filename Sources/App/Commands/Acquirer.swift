import Acquirer
import ArgumentParser
import House
import Language
import Logging
import Trust
import Values
import Web

/// The demo country's card acquirer: a company of its own, in a process of its own.
struct RunAcquirer: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "acquirer", abstract: "Run the demo country's card acquirer.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let keys = try Keys(settings)
        let folder = ResourceFolder(module: "acquirer", path: "\(settings.resourceFolder)/Simulators/Acquirer")
        let merchant = Merchant(
            id: "zamin",
            name: LocalizedText([
                .he: "שירותי הממשלה", .ar: "خدمات الحكومة", .en: "Government services", .ru: "Госуслуги", .fr: "Services publics",
            ]),
            apiKey: try keys.shared("acquirer"), notificationURL: "http://127.0.0.1:\(settings.port)/api/v1/payments/notifications",
            returnOrigins: [settings.publicURL])
        let acquirerSettings = AcquirerSettings(
            dataFolder: settings.dataFolder, resources: folder, baseURL: settings.acquirerURL, key: try keys.signing("acquirer"), merchants: [merchant])
        let site = try Site(
            folders: [ResourceFolder(module: "web", path: "\(settings.resourceFolder)/Core/Web"), folder], frame: Acquirer.frame)
        let acquirer = try await Acquirer.open(acquirerSettings, site: site, logger: logger)
        let dispatcher = try Dispatcher(
            routes: Roles.described(acquirer.routes), site: site, authenticator: acquirer.authenticator,
            settings: .init(
                rates: settings.limitsRates ? RateSettings() : .unlimited, formKey: try keys.vault().key(for: "acquirer-forms"), explain: explain,
                formTargets: acquirer.formTargets), logger: logger)
        let clock = Task { await acquirer.run() }
        try await Server(dispatcher: dispatcher, host: settings.host, port: settings.acquirerPort, logger: logger).run()
        clock.cancel()
        await clock.value
        await acquirer.close()
    }
}
