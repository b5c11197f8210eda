@testable import Identity
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
                    try store.claim(nationalNumber: "600000012", for: "a", at: now, in: connection),
                    try store.claim(nationalNumber: "600000012", for: "b", at: now, in: connection),
                    try store.claim(nationalNumber: "600000020", for: "b", at: now, in: connection),
                ]
            }
            #expect(claims == [true, false, true])
            let found = try await database.read { connection in
                (try store.subject(nationalNumber: "600000012", in: connection), try store.nationalNumber(of: "b", in: connection))
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
            _ = try await database.write { try store.issue(OneTimeCode(digits: "123456"), for: "x", keepsTries: true, at: now, in: $0) }
            let outcomes = try await withThrowingTaskGroup(of: OneTimeCode.Outcome.self) { group in
                for _ in 0..<12 { group.addTask { try await database.write { try store.tryCode("000000", for: "x", at: now, in: $0) } } }
                return try await group.reduce(into: [OneTimeCode.Outcome]()) { $0.append($1) }
            }
            #expect(outcomes.count { if case .wrong = $0 { true } else { false } } == 4)
            #expect(outcomes.count { $0 == .void } == 8)
            #expect(try await database.write { try store.tryCode("123456", for: "x", at: now, in: $0) } == .void)
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
            #expect(try await demo.load(path: path, password: TestBrowser.password) == wanted && wanted >= 7)
            #expect(try await demo.load(path: path, password: "another") == 0)
            let browser = TestBrowser(world)
            #expect(try await browser.signIn(world).location == "/en/me")
            #expect(await browser.get("/me").text.contains("C2.P2"))
            let officer = TestBrowser(world)
            #expect(try await officer.signIn(world, "600000053").location == "/en/capacity")
            #expect(await officer.get("/capacity").text.contains("office:municipality-haifa:case-officer"))
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
            IdentityError.tooManyAttempts(seconds: 1), .registrationExpired, .signInExpired, .noMatch, .registersUnavailable, .codeVoid,
            .noMoreCodes,
            .capacityGone, .busy,
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
