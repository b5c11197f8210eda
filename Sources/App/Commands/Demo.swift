import ArgumentParser
import Bodies
import Contracts
import Database
import Foundation
import House
import Identity
import Logging
import Registers
import Spine
import Trust
import Values
import Web

/// Loads the demo country: services, agreements, people who can sign in. Running it again changes nothing.
struct Demo: RoleCommand {
    static let configuration = CommandConfiguration(commandName: "demo", abstract: "Migrate and load the demo country.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    /// Of every demo persona. They exist only in the demo country, whose people are made up.
    static let password = "zamin demo country"

    func run(_ settings: Settings, _ logger: Logger) async throws {
        try await Demo.prepare(settings, logger)
        Demo.announce(settings)
    }

    /// Everything that must be there before the roles start.
    static func prepare(_ settings: Settings, _ logger: Logger) async throws {
        let base = try await Foundations(settings, logger)
        say("bringing the database to this version")
        try await base.migrations.apply(to: base.database)
        for name in ["registers", "consumer-gateway", "provider-gateway"] { _ = try base.keys.signing(name) }
        say("making the registers, if they are not there")
        await (try await RunRegisters.open(settings)).close()
        let content = settings.contentFolder
        say("signing the agreements between bodies")
        let agreements = try Resources.json("\(content)/agreements.json")
        let spine = Spine(database: base.database)
        try await spine.loadDemo(agreements, bodies: base.bodies.bodies, keyFolder: "\(base.keys.folder)/bodies")
        say("reading the descriptions of the registers")
        try await describe(agreements, Resources.json("\(content)/field-classes.json"), spine, settings)
        say("importing the services")
        let house = try await House(base)
        try await house.importContent()
        say("registering the personas")
        let demo = IdentityDemo(database: base.database, vault: base.vault, hasher: house.hasher, auditLog: base.audit, clock: base.clock)
        // One body stands for all municipalities and governs no place: nobody sends it anything.
        let municipalities = base.bodies.bodies.filter { $0.kind == .municipality && $0.localityCode != nil }.map(\.id)
        try await demo.load(path: "\(content)/registers/personas.json", password: password, municipalities: municipalities)
        await house.close()
    }

    /// Takes each register's description as its owner would hand it in, with how much each field tells.
    private static func describe(_ agreements: JSON, _ classes: JSON, _ spine: Spine, _ settings: Settings) async throws {
        let registers = try await RunRegisters.open(settings)
        let whole = OpenAPI.document(title: "Registers", version: "1", try RouteTable(registers.routes), webhooks: Registers.webhooks)
        await registers.close()
        for service in agreements["services"]?.array ?? [] {
            guard let id = service["id"]?.string, let owner = service["owner"]?.string else { continue }
            let own = Set((service["operations"]?.array ?? []).compactMap { $0["path"]?.string })
            var document = whole
            var paths = (whole["paths"]?.object ?? [:]).filter { own.contains($0.key) }
            var webhooks: [String: JSON] = [:]
            for operation in service["operations"]?.array ?? [] {
                guard let id = operation["id"]?.string, let names = operation["summary"] else { continue }
                if let path = operation["path"]?.string { paths[path]?["post"]?["x-names"] = names } else {
                    webhooks[id] = whole["webhooks"]?[id]
                    webhooks[id]?["post"]?["x-names"] = names
                }
            }
            (document["paths"], document["webhooks"]) = (.object(paths), .object(webhooks))
            try await spine.importService(document, id: id, owner: owner, by: "system:demo")
        }
        for (operation, fields) in classes.object ?? [:] {
            let known = (fields.object ?? [:]).compactMapValues { $0.string.flatMap(FieldClass.init) }
            try await spine.classify(known, of: operation, by: "system:demo")
        }
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data("demo: \(text)\n".utf8)) }

    /// What a newcomer needs to know, once everything is there.
    static func announce(_ settings: Settings) {
        var lines = ["", "Zamin is at \(settings.publicURL)", "Mail that was sent: http://localhost:\(settings.mailPagePort)", "",
            "Sign in with a national number and the password “\(password)”; the code comes by mail (see the page above).", ""]
        let personas = (try? Resources.json("\(settings.contentFolder)/registers/personas.json"))?["personas"]?.array ?? []
        for persona in personas {
            guard let key = persona["key"]?.string, let number = persona["nationalNumber"]?.string, persona["email"] != nil else { continue }
            let name = "\(persona["givenNameLatin"]?.string ?? "") \(persona["familyNameLatin"]?.string ?? "")"
            lines.append("  \(number)  \(name.padding(toLength: 22, withPad: " ", startingAt: 0)) \(key)")
        }
        lines.append("\n")
        FileHandle.standardOutput.write(Data(lines.joined(separator: "\n").utf8))
    }
}
