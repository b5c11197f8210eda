import Configuration
import Foundation
package import Logging
import SystemPackage
package import Timestamping
package import Web

/// What an operator may set. Read once: flags, then the environment (`ZAMIN_…`), then the file that `ZAMIN_CONFIG` names, then these
/// defaults. The other ports follow from `port`, so that several instances run side by side by setting that alone.
package struct Settings: Sendable {
    package var host: String
    package var port: Int
    /// The address people use, without a slash at the end.
    package var publicURL: String
    package var dataFolder: String
    /// `postgres://…`; nil for SQLite in the data folder.
    package var databaseURL: String?
    package var smtpURL: String
    package var mailFrom: String
    package var acquirerPort: Int
    package var acquirerURL: String
    package var registersPort: Int
    package var consumerGatewayPort: Int
    package var providerGatewayPort: Int
    package var mailPort: Int
    package var mailPagePort: Int
    /// Where browsers show their smart cards, when cards are read.
    package var cardPort: Int
    package var cardURL: String
    /// A folder with `server.pem`, `server.key`, `authorities.pem` and `revocations.pem`; nil where no smart cards are read.
    package var cardFolder: String?
    package var cardIssuer: String
    /// Who time-stamps the logs' checkpoints (RFC 3161); nil for nobody.
    package var timestamps: TimestampAuthority?
    /// `tcp://host:port` or `unix:/path` of a virus scanner that speaks clamd's protocol; nil when there is none.
    package var clamdAddress: String?
    /// The Python that has WeasyPrint and pyHanko.
    package var python: String
    /// Templates, texts, schemas: `Sources` of the checkout, or `resources` of an installation.
    package var resourceFolder: String
    /// Services, bodies, forms and the other content of the country.
    package var contentFolder: String
    /// Python programs that render and check papers.
    package var toolsFolder: String
    package var limitsRates: Bool
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    package var trustedProxies: TrustedProxies
    /// Registers that can be told to fail, for tests only.
    package var injectsFaults: Bool
    /// argon2id: memory in MiB and passes.
    package var passwordMemoryMiB: Int
    package var passwordPasses: Int
    /// A file of stolen passwords' hashes, in order; nil where there is none.
    package var breachedPasswords: String?
    /// How long a recovered account waits, with the known and with another e-mail address.
    package var recoveryHours: (sameAddress: Int, newAddress: Int)
    /// People of the demo country sign in without a password, and clients meet errors on request.
    package var isSimulator: Bool
    package var demoPeople: Int
    package var logLevel: Logger.Level

    package static func read(arguments: [String] = CommandLine.arguments) async throws -> Settings {
        var providers: [any ConfigProvider] = [
            CommandLineArgumentsProvider(arguments: arguments), EnvironmentVariablesProvider().prefixKeys(with: "zamin"),
        ]
        if let file = ProcessInfo.processInfo.environment["ZAMIN_CONFIG"], !file.isEmpty {
            providers.append(try await FileProvider<JSONSnapshot>(filePath: .init(file)))
        }
        var reader = SettingsReader(ConfigReader(providers: providers))
        let settings = try Settings(&reader)
        try reader.check(Array(arguments.dropFirst()))
        return settings
    }

    private init(_ reader: inout SettingsReader) throws(SettingsError) {
        host = reader.text("host", "127.0.0.1")
        // The other ports lie right behind this one, so there must be room for them.
        port = try reader.number("port", 8080, in: 1...65_528)
        publicURL = try reader.address("public.url", "http://localhost:\(port)", schemes: ["http", "https"])
        dataFolder = Settings.absolute(reader.text("data.dir", ".zamin"))
        databaseURL = reader.text("database.url")
        acquirerPort = try reader.port("acquirer.port", port + 1)
        acquirerURL = try reader.address("acquirer.url", "http://localhost:\(acquirerPort)", schemes: ["http", "https"])
        registersPort = try reader.port("registers.port", port + 2)
        consumerGatewayPort = try reader.port("gateway.port", port + 3)
        providerGatewayPort = try reader.port("provider.gateway.port", port + 4)
        mailPort = try reader.port("mail.port", port + 5)
        mailPagePort = try reader.port("mail.page.port", port + 6)
        cardPort = try reader.port("card.port", port + 7)
        cardURL = try reader.address("card.url", "https://localhost:\(cardPort)", schemes: ["https"])
        cardFolder = reader.text("cards").map(Settings.absolute)
        cardIssuer = reader.text("card.issuer", "population-authority")
        timestamps = try Settings.timestamps(&reader)
        smtpURL = try reader.address("smtp.url", "smtp://127.0.0.1:\(mailPort)", schemes: ["smtp", "smtps"])
        mailFrom = reader.text("mail.from", "no-reply@zamin.example")
        clamdAddress = reader.text("clamd")
        let root = Settings.root(reader.text("root"))
        python = reader.text("python", Settings.defaultPython(root))
        resourceFolder = reader.text("resources", "\(root)/Sources")
        contentFolder = reader.text("content", "\(root)/Data")
        toolsFolder = reader.text("tools", "\(root)/Tools")
        let proxies = reader.text("trusted.proxies", "")
        guard let trustedProxies = TrustedProxies(proxies) else {
            throw .malformed("trusted.proxies", proxies, "addresses or networks with commas between, such as 127.0.0.1, 10.0.0.0/8")
        }
        self.trustedProxies = trustedProxies
        limitsRates = try reader.flag("rate.limits", true)
        injectsFaults = try reader.flag("registers.faults", false)
        passwordMemoryMiB = try reader.number("password.memory", 64, in: 8...4_096)
        passwordPasses = try reader.number("password.passes", 2, in: 1...20)
        breachedPasswords = reader.text("breached.passwords")
        recoveryHours = (try reader.number("recovery.hours", 24, in: 0...720), try reader.number("recovery.hours.new.address", 72, in: 0...720))
        isSimulator = try reader.flag("simulator", false)
        demoPeople = try reader.number("demo.people", 100_000, in: 100...10_000_000)
        let level = reader.text("log.level", "notice")
        guard let logLevel = Logger.Level(rawValue: level) else {
            throw .malformed("log.level", level, "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.logLevel = logLevel
    }

    /// What is in force, for `zamin doctor`. Secrets are not repeated.
    package var lines: [(name: String, value: String)] {
        [
            ("ZAMIN_PORT", "\(port)"), ("ZAMIN_PUBLIC_URL", publicURL), ("ZAMIN_DATA_DIR", dataFolder),
            ("ZAMIN_DATABASE_URL", databaseURL == nil ? "SQLite in the data folder" : "PostgreSQL (address not shown)"),
            ("ZAMIN_SMTP_URL", smtpURL.split(separator: "@").last.map(String.init) ?? ""), ("ZAMIN_ACQUIRER_URL", acquirerURL),
            ("ZAMIN_REGISTERS_PORT", "\(registersPort)"), ("ZAMIN_GATEWAY_PORT", "\(consumerGatewayPort)"),
            ("ZAMIN_PROVIDER_GATEWAY_PORT", "\(providerGatewayPort)"), ("ZAMIN_CLAMD", clamdAddress ?? "none: files are not scanned"),
            ("ZAMIN_BREACHED_PASSWORDS", breachedPasswords ?? "none: only common passwords are refused"),
            ("ZAMIN_CARDS", cardFolder ?? "none: no smart cards are read"), ("ZAMIN_CARD_PORT", "\(cardPort)"), ("ZAMIN_CARD_URL", cardURL),
            ("ZAMIN_TIMESTAMP_URL", timestamps?.url ?? "none: checkpoints of the logs bear no time from outside"),
            ("ZAMIN_PYTHON", python), ("ZAMIN_RESOURCES", resourceFolder), ("ZAMIN_CONTENT", contentFolder),
        ]
    }

    private static func timestamps(_ reader: inout SettingsReader) throws(SettingsError) -> TimestampAuthority? {
        let example = "http://timestamps.example/tsa"
        let (url, authorities) = (try reader.address("timestamp.url", example, schemes: ["http", "https"]), reader.text("timestamp.authorities"))
        let apart = try reader.number("timestamp.seconds", Int(TimestampAuthority.usualSecondsApart), in: 10...86_400)
        guard reader.text("timestamp.url") != nil else { return nil }
        guard let authorities else { throw .malformed("timestamp.authorities", "", "a file with the certificates of the authority at \(url)") }
        return TimestampAuthority(url: url, authoritiesPath: absolute(authorities), secondsApart: Int64(apart))
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
