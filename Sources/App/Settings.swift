import Configuration
import Foundation
import Logging
import SystemPackage

/// What an operator may set. Read once: flags, then the environment (`ZAMIN_…`), then the file that `ZAMIN_CONFIG` names, then these
/// defaults. The other ports follow from `port`, so that several instances run side by side by setting that alone.
struct Settings: Sendable {
    var host: String
    var port: Int
    /// The address people use, without a slash at the end.
    var publicURL: String
    var dataFolder: String
    /// `postgres://…`; nil for SQLite in the data folder.
    var databaseURL: String?
    var smtpURL: String
    var mailFrom: String
    var acquirerPort: Int
    var acquirerURL: String
    var registersPort: Int
    var consumerGatewayPort: Int
    var providerGatewayPort: Int
    var mailPort: Int
    var mailPagePort: Int
    /// `tcp://host:port` or `unix:/path` of a virus scanner that speaks clamd's protocol; nil when there is none.
    var clamdAddress: String?
    /// The Python that has WeasyPrint and pyHanko.
    var python: String
    /// Templates, texts, schemas: `Sources` of the checkout, or `resources` of an installation.
    var resourceFolder: String
    /// Services, bodies, forms and the other content of the country.
    var contentFolder: String
    /// Python programs that render and check papers.
    var toolsFolder: String
    var limitsRates: Bool
    /// Registers that can be told to fail, for tests only.
    var injectsFaults: Bool
    /// argon2id: memory in MiB and passes.
    var passwordMemoryMiB: Int
    var passwordPasses: Int
    var demoPeople: Int
    var logLevel: Logger.Level

    static func read(arguments: [String] = CommandLine.arguments) async throws -> Settings {
        var providers: [any ConfigProvider] = [
            CommandLineArgumentsProvider(arguments: arguments), EnvironmentVariablesProvider().prefixKeys(with: "zamin"),
        ]
        if let file = ProcessInfo.processInfo.environment["ZAMIN_CONFIG"], !file.isEmpty {
            providers.append(try await FileProvider<JSONSnapshot>(filePath: .init(file)))
        }
        return Settings(ConfigReader(providers: providers))
    }

    private init(_ config: ConfigReader) {
        host = config.string(forKey: "host", default: "127.0.0.1")
        let port = config.int(forKey: "port", default: 8080)
        self.port = port
        publicURL = config.string(forKey: "public.url", default: "http://localhost:\(port)")
        dataFolder = Settings.absolute(config.string(forKey: "data.dir", default: ".zamin"))
        databaseURL = config.string(forKey: "database.url").flatMap { $0.isEmpty ? nil : $0 }
        acquirerPort = config.int(forKey: "acquirer.port", default: port + 1)
        acquirerURL = config.string(forKey: "acquirer.url", default: "http://localhost:\(acquirerPort)")
        registersPort = config.int(forKey: "registers.port", default: port + 2)
        consumerGatewayPort = config.int(forKey: "gateway.port", default: port + 3)
        providerGatewayPort = config.int(forKey: "provider.gateway.port", default: port + 4)
        mailPort = config.int(forKey: "mail.port", default: port + 5)
        mailPagePort = config.int(forKey: "mail.page.port", default: port + 6)
        smtpURL = config.string(forKey: "smtp.url", default: "smtp://127.0.0.1:\(mailPort)")
        mailFrom = config.string(forKey: "mail.from", default: "no-reply@zamin.example")
        clamdAddress = config.string(forKey: "clamd").flatMap { $0.isEmpty ? nil : $0 }
        let root = Settings.root(config.string(forKey: "root"))
        python = config.string(forKey: "python", default: Settings.defaultPython(root))
        resourceFolder = config.string(forKey: "resources", default: "\(root)/Sources")
        contentFolder = config.string(forKey: "content", default: "\(root)/Data")
        toolsFolder = config.string(forKey: "tools", default: "\(root)/Tools")
        limitsRates = config.bool(forKey: "rate.limits", default: true)
        injectsFaults = config.bool(forKey: "registers.faults", default: false)
        passwordMemoryMiB = config.int(forKey: "password.memory", default: 64)
        passwordPasses = config.int(forKey: "password.passes", default: 2)
        demoPeople = config.int(forKey: "demo.people", default: 100_000)
        logLevel = Logger.Level(rawValue: config.string(forKey: "log.level", default: "notice")) ?? .notice
    }

    /// What is in force, for `zamin doctor`. Secrets are not repeated.
    var lines: [(name: String, value: String)] {
        [
            ("ZAMIN_PORT", "\(port)"), ("ZAMIN_PUBLIC_URL", publicURL), ("ZAMIN_DATA_DIR", dataFolder),
            ("ZAMIN_DATABASE_URL", databaseURL == nil ? "SQLite in the data folder" : "PostgreSQL (address not shown)"),
            ("ZAMIN_SMTP_URL", smtpURL.split(separator: "@").last.map(String.init) ?? ""), ("ZAMIN_ACQUIRER_URL", acquirerURL),
            ("ZAMIN_REGISTERS_PORT", "\(registersPort)"), ("ZAMIN_GATEWAY_PORT", "\(consumerGatewayPort)"),
            ("ZAMIN_PROVIDER_GATEWAY_PORT", "\(providerGatewayPort)"), ("ZAMIN_CLAMD", clamdAddress ?? "none: files are not scanned"),
            ("ZAMIN_PYTHON", python), ("ZAMIN_RESOURCES", resourceFolder), ("ZAMIN_CONTENT", contentFolder),
        ]
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// The folder that holds `Sources` and `Data`: as set, or found by going up from where we are, or from the executable.
    private static func root(_ configured: String?) -> String {
        if let configured { return absolute(configured) }
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        for start in [FileManager.default.currentDirectoryPath, executable] {
            var folder = URL(fileURLWithPath: start)
            while folder.path != "/" {
                if FileManager.default.fileExists(atPath: folder.path + "/Sources/Core/Web/Templates") { return folder.path }
                folder.deleteLastPathComponent()
            }
        }
        return FileManager.default.currentDirectoryPath
    }

    private static func defaultPython(_ root: String) -> String {
        let own = "\(root)/.venv/bin/python3"
        return FileManager.default.isExecutableFile(atPath: own) ? own : "/usr/bin/python3"
    }
}
