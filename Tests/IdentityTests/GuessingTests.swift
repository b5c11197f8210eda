@testable import Identity
import Contracts
import Database
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

/// What guessers get, and what those they guess about still can do.
@Suite struct GuessingTests {
    @Test(arguments: TestDatabases.engines)
    func nobodyBehindTheSameAddressLocksAKnownDeviceOut(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let (home, neighbour) = (TestBrowser(world), TestBrowser(world))
            try await home.register(world)
            home.set("__Host-session", nil)
            for _ in 0..<10 { await neighbour.enterPassword("600000012", "guess number one") }
            #expect(await TestBrowser(world).enterPassword().status == 429)
            #expect(try await home.signIn(world).location == "/en/me")
            #expect(await TestBrowser(world).enterPassword().status == 429, "and her success gives the neighbour no new tries")
            // Her device has a count of its own.
            home.set("__Host-session", nil)
            for _ in 0..<10 { #expect(await home.enterPassword("600000012", "guess number one").status == 422) }
            #expect(await home.enterPassword().status == 429)
            #expect(try await TestBrowser(world, address: "203.0.113.5").signIn(world).location == "/en/me")
        }
    }

    @Test(arguments: TestDatabases.engines)
    func wrongCodesAreCountedOverAllAddresses(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let home = TestBrowser(world)
            try await home.register(world)
            home.set("__Host-session", nil)
            let waiting = TestBrowser(world, address: "203.0.113.200")
            await waiting.enterPassword()
            let code = world.postman.lastCode
            for number in 0..<CodeAllowance.perHour / OneTimeCode.triesMax {
                #expect(world.postman.notices.isEmpty)
                let thief = TestBrowser(world, address: "203.0.113.\(number)")
                #expect(await thief.enterPassword().status == 303)
                await thief.get("/sign-in/code")
                let wrong = world.postman.lastCode == "111111" ? "222222" : "111111"
                for _ in 0..<OneTimeCode.triesMax { #expect(await thief.post("/sign-in/code", ["code": wrong]).status == 422) }
            }
            #expect(world.postman.notices.map(\.template) == ["identity.many-codes"])
            let another = TestBrowser(world, address: "198.51.100.1")
            let page = await another.enterPassword()
            #expect(page.status == 429 && page.text.contains("identity.too-many-codes"))
            #expect(await another.enterPassword("600000012", "guess number one").status == 422, "who does not know the password is told nothing")
            await waiting.get("/sign-in/code")
            #expect(await waiting.post("/sign-in/code", ["code": code]).status == 429, "not even the right code")
            await waiting.get("/sign-in/code")
            #expect(await waiting.post("/sign-in/code/resend").status == 429)
            #expect(try await home.signIn(world).location == "/en/me", "where she has signed in before she goes on")
            world.clock.advance(seconds: CodeAllowance.windowSeconds)
            #expect(try await another.signIn(world).location == "/en/me")
            #expect(world.postman.notices.count { $0.template == "identity.many-codes" } == 1)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func codesSentAreCountedOverAllAddresses(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let home = TestBrowser(world)
            try await home.register(world)
            home.set("__Host-session", nil)
            for number in 0..<CodeAllowance.perHour / OneTimeCode.issuesMax {
                let thief = TestBrowser(world, address: "203.0.113.\(number)")
                await thief.enterPassword()
                await thief.get("/sign-in/code")
                for _ in 1..<OneTimeCode.issuesMax { #expect(await thief.post("/sign-in/code/resend").status == 303) }
            }
            #expect(world.postman.notices.map(\.template) == ["identity.many-codes"])
            let sent = world.postman.codes.count
            #expect(await TestBrowser(world, address: "198.51.100.1").enterPassword().status == 429)
            #expect(world.postman.codes.count == sent)
            #expect(try await home.signIn(world).location == "/en/me")
            // Housekeeping does not forget the count before its hour is over.
            world.clock.advance(seconds: CodeAllowance.windowSeconds - 1)
            try await world.identity.removeExpired()
            #expect(await TestBrowser(world, address: "198.51.100.1").enterPassword().status == 429)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func signInsUnderWayEndWithThePassword(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let (home, thief) = (TestBrowser(world), TestBrowser(world, address: "203.0.113.5"))
            try await home.register(world)
            await thief.enterPassword()
            let code = world.postman.lastCode
            await thief.get("/sign-in/code")
            await home.get("/me/password")
            await home.post("/me/password", ["current": TestBrowser.password, "password": "purple kettle dances"])
            #expect(await thief.post("/sign-in/code", ["code": code]).status == 410)
            #expect(try await world.count("identity_sign_in") == 0)
            #expect(try await world.count("identity_code") == 0)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func signInsUnderWayEndWhenSheSignsOutEverywhere(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let (home, thief) = (TestBrowser(world), TestBrowser(world, address: "203.0.113.5"))
            try await home.register(world)
            await thief.enterPassword()
            let code = world.postman.lastCode
            await thief.get("/sign-in/code")
            await home.get("/me/sessions")
            #expect(await home.post("/me/sessions/end-all").location == "/en/signed-out")
            #expect(await thief.post("/sign-in/code", ["code": code]).status == 410)
            #expect(try await world.count("identity_sign_in") == 0)
            #expect(try await world.count("identity_code") == 0)
        }
    }

    /// The password is changed while the former one is being verified.
    @Test func aPasswordThatWasJustChangedOpensNothing() async throws {
        try await TestDatabases.with(.sqlite) { database in
            try await IdentityWorld.migrate(database)
            let slow = InterruptedDatabase(database)
            let world = try IdentityWorld(database: slow)
            try await TestBrowser(world).register(world)
            let (store, subject) = (world.identity.store, try #require(world.auditLog.entries.first?.subjectID))
            // The first write counts the try, the second begins the sign-in.
            slow.interrupt(beforeWrite: 2) {
                try await database.write { try store.setPassword("another", id: "c", of: subject, at: world.clock.now, in: $0) }
            }
            #expect(await TestBrowser(world).enterPassword().status == 422)
            #expect(try await world.count("identity_sign_in") == 0)
            #expect(try await database.read { try store.passwordHash(of: subject, in: $0) } == "another")
        }
    }

    @Test func aHashThatCannotBeUsedIsNoFaultOfThePage() async throws {
        try await IdentityWorld.with { world in
            try await TestBrowser(world).register(world)
            let (store, subject) = (world.identity.store, try #require(world.auditLog.entries.first?.subjectID))
            try await world.database.write { try store.setPassword("no hash", id: "c", of: subject, at: world.clock.now, in: $0) }
            let page = await TestBrowser(world).enterPassword()
            #expect(page.status == 503 && page.text.contains("identity.busy"))
        }
    }

    @Test func tooLittleMemoryIsBusy() async throws {
        try await TestDatabases.with(.sqlite) { database in
            try await IdentityWorld.migrate(database)
            let hungry = PasswordHasher(cost: PasswordCost(memoryKiB: 1 << 42, passes: 1), threads: 1)
            let page = await TestBrowser(try IdentityWorld(database: database, hasher: hungry)).enterPassword()
            #expect(page.status == 503 && page.text.contains("identity.busy"))
        }
    }
}

/// Something that happens between two writes of somebody else.
private final class InterruptedDatabase: Database {
    private struct Interruption { var writesLeft: Int; let body: @Sendable () async throws -> Void }

    private let database: any Database
    private let interruption = Mutex<Interruption?>(nil)

    init(_ database: any Database) { self.database = database }

    func interrupt(beforeWrite number: Int, _ body: @escaping @Sendable () async throws -> Void) {
        interruption.withLock { $0 = Interruption(writesLeft: number, body: body) }
    }

    var dialect: Dialect { database.dialect }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value {
        try await database.read(body)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any Connection) throws -> Value) async throws -> Value {
        let due = interruption.withLock { interruption -> (@Sendable () async throws -> Void)? in
            interruption?.writesLeft -= 1
            guard interruption?.writesLeft == 0 else { return nil }
            return interruption?.body
        }
        try await due?()
        return try await database.write(body)
    }

    func close() async { await database.close() }
}
