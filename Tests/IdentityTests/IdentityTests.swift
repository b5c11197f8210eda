@testable import Identity
import Contracts
import Database
import Foundation
import Language
import TestKit
import Testing
import Trust
import Values
import Web

@Suite struct IdentityStoreTests {
    @Test(arguments: TestDatabases.engines)
    func aNumberIsOneSubjects(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await IdentityWorld.migrate(database)
            let store = IdentityStore(vault: Vault(keyring: .random()))
            let now = Instant(seconds: 1_795_000_000)
            let claims = try await database.write { connection in
                [
                    try store.claim(.national("600000012"), for: "a", at: now, in: connection),
                    try store.claim(.national("600000012"), for: "b", at: now, in: connection),
                    try store.claim(.national("600000020"), for: "b", at: now, in: connection),
                ]
            }
            #expect(claims == [true, false, true])
            let found = try await database.read { connection in
                (try store.subject(.national("600000012"), in: connection), try store.nationalNumber(of: "b", in: connection))
            }
            #expect(found.0 == "a" && found.1 == "600000020")
        }
    }

    @Test(arguments: TestDatabases.engines)
    func onlyOnePasswordIsInForce(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await IdentityWorld.migrate(database)
            let store = IdentityStore(vault: Vault(keyring: .random()))
            for (index, hash) in ["one", "two", "three"].enumerated() {
                try await database.write { try store.setPassword(hash, id: "c\(index)", of: "a", at: Instant(seconds: 1), in: $0) }
                #expect(try await database.read { try store.passwordHash(of: "a", in: $0) } == hash)
            }
            #expect(try await database.read { try store.passwordHash(of: "b", in: $0) } == nil)
        }
    }

    /// Many guesses at once get no more tries than one after another.
    @Test(arguments: TestDatabases.engines)
    func codesCountTriesAlsoAtOnce(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await IdentityWorld.migrate(database)
            let store = IdentityStore(vault: Vault(keyring: .random()))
            let now = Instant(seconds: 1_795_000_000)
            _ = try await database.write { try store.issue(OneTimeCode(digits: "123456"), for: "x", to: "a@b.de", keepsTries: true, at: now, in: $0) }
            let outcomes = try await withThrowingTaskGroup(of: OneTimeCode.Outcome.self) { group in
                for _ in 0..<12 { group.addTask { try await database.write { try store.tryCode("000000", for: "x", to: "a@b.de", at: now, in: $0) } } }
                return try await group.reduce(into: [OneTimeCode.Outcome]()) { $0.append($1) }
            }
            #expect(outcomes.count { if case .wrong = $0 { true } else { false } } == 4)
            #expect(outcomes.count { $0 == .void } == 8)
            #expect(try await database.write { try store.tryCode("123456", for: "x", to: "a@b.de", at: now, in: $0) } == .void)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aCodeConfirmsTheAddressItWasSentTo(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await IdentityWorld.migrate(database)
            let store = IdentityStore(vault: Vault(keyring: .random()))
            let now = Instant(seconds: 1_795_000_000)
            let code = OneTimeCode(digits: "123456")
            let outcomes = try await database.write { connection in
                _ = try store.issue(code, for: "x", to: "a@b.de", keepsTries: false, at: now, in: connection)
                return try ["c@d.de", "a@b.de"].map { try store.tryCode("123456", for: "x", to: $0, at: now, in: connection) }
            }
            #expect(outcomes == [.wrong(triesLeft: 4), .right])
        }
    }

    /// Sign-ins that finish at once in one browser are one new device and no error.
    @Test(arguments: TestDatabases.engines)
    func aDeviceIsMetOnce(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await IdentityWorld.migrate(database)
            let store = IdentityStore(vault: Vault(keyring: .random()))
            let now = Instant(seconds: 1_795_000_000)
            let met = try await withThrowingTaskGroup(of: IdentityStore.Acquaintance.self) { group in
                for _ in 0..<12 { group.addTask { try await database.write { try store.meet(device: "d", of: "a", at: now, in: $0) } } }
                return try await group.reduce(into: [IdentityStore.Acquaintance]()) { $0.append($1) }
            }
            #expect(met.count { $0 == .firstEver } == 1 && met.count { $0 == .known } == 11)
            #expect(try await database.write { try store.meet(device: "e", of: "a", at: now, in: $0) } == .new)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func whatIsOfNoUseIsRemoved(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let (store, start, year) = (world.identity.store, world.clock.now, Int64(Token.deviceSeconds))
            try await world.database.write { connection in
                for id in ["c1", "c2"] { try store.setPassword(id, id: id, of: "a", at: start, in: connection) }
                _ = try store.meet(device: "old", of: "a", at: start, in: connection)
                _ = try store.meet(device: "only", of: "b", at: start, in: connection)
                _ = try store.meet(device: "later", of: "a", at: start.adding(seconds: 60), in: connection)
            }
            world.clock.advance(seconds: year + 30)
            try await world.identity.removeExpired()
            let left = try await world.database.read { connection in
                try ["SELECT device_hash FROM identity_device ORDER BY device_hash", "SELECT id FROM identity_credential"].map {
                    try connection.query($0, []) { try $0.text(0) }
                }
            }
            #expect(left == [["later", "only"], ["c2"]], "the last device stays: without it the next would count as the first ever")
        }
    }

    @Test func aStolenRowDoesNotOpenElsewhere() throws {
        let store = IdentityStore(vault: Vault(keyring: .random()))
        let sealed = try store.seal(["a": 1], "identity_subject/a/profile")
        #expect(throws: VaultError.self) { try store.open(sealed, "identity_subject/b/profile") }
    }

    @Test(arguments: TestDatabases.engines)
    func personasAreLoadedOnce(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let demo = IdentityDemo(
                database: world.database, vault: world.vault, hasher: world.hasher, auditLog: world.auditLog, clock: world.clock.source)
            let path = "\(IdentityWorld.root)/Data/registers/personas.json"
            let personas = try JSON.parse(Array(Data(contentsOf: URL(fileURLWithPath: path))))
            let wanted = personas["personas"]?.array?.count { $0["email"] != nil } ?? 0
            let towns = ["municipality-haifa", "municipality-eilat"]
            #expect(try await demo.load(path: path, password: TestBrowser.password, municipalities: towns) == wanted && wanted >= 7)
            #expect(try await demo.load(path: path, password: "another", municipalities: towns) == 0)
            let browser = TestBrowser(world)
            #expect(try await browser.signIn(world).location == "/en/me")
            #expect(await browser.get("/me").text.contains("C2.P2"))
            let officer = TestBrowser(world)
            #expect(try await officer.signIn(world, "600000053").location == "/en/capacity")
            let choices = await officer.get("/capacity").text
            #expect(towns.allSatisfy { choices.contains("office:\($0):case-officer") })
            let people = world.identity.people
            let held = try await world.database.read { connection in
                try ["police", "fire", "health", "environment", "agriculture", "digital-authority"].map {
                    try people.officers(of: $0, role: nil, in: connection).count
                }
            }
            #expect(held.allSatisfy { $0 >= 1 }, "every body that has to agree to a business has somebody")
        }
    }
}

@Suite struct StringsTests {
    @Test func allTextsAreThereInFiveLanguages() throws {
        let catalogue = try StringCatalogue(modules: [
            .init(name: "identity", folder: "\(IdentityWorld.root)/Sources/Components/Identity/Strings")
        ])
        #expect(catalogue.problems().map(\.description) == [])
        for error in [
            IdentityError.tooManyAttempts(seconds: 1), .tooManyCodes(seconds: 1), .registrationExpired, .signInExpired, .noMatch,
            .registersUnavailable, .codeVoid, .noMoreCodes, .capacityGone, .busy,
        ] {
            for part in ["title", "detail", "next"] {
                #expect(catalogue.has("\(error.problem.textKey).\(part)", in: .he), "\(error) \(part)")
            }
        }
    }

    /// Every page in every language, without a missing text, and small.
    @Test func pagesAreWholeInEveryLanguage() async throws {
        try await IdentityWorld.with { world in
            for language in Language.allCases {
                let browser = TestBrowser(world, language: language.rawValue)
                for path in ["/register", "/sign-in", "/signed-out"] { try check(await browser.get("/\(language.rawValue)\(path)"), path) }
                await browser.post("/\(language.rawValue)/register")
                try check(await browser.get("/\(language.rawValue)/register/number"), "number")
            }
        }
    }

    private func check(_ page: TestBrowser.Page, _ path: String) throws {
        #expect(page.status == 200, "\(path)")
        #expect(!page.text.contains("⟦"), "\(path)")
        #expect(page.text.utf8.count < 60_000)
    }
}
