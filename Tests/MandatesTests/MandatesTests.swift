import Contracts
import Database
import HTTPTypes
import Language
@testable import Mandates
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

@Suite struct MandatesTests {
    private static func actor(_ id: String) -> Actor { MandatesWorld.actor(id) }

    @Test(arguments: TestDatabases.engines)
    func itIsInForceOnceAcceptedAndEndsAtOnce(engine: TestEngine) async throws {
        try await MandatesWorld.with(engine) { world in
            let offered = try await world.offer(to: MandatesWorld.numbers["dana"], world.terms(["discount"], mayAct: false))
            #expect(offered.state == .offered && offered.attorneyName == nil, "its name is not told before it is accepted")
            #expect(try await world.held().isEmpty)
            await #expect(throws: Problem.notFound) { try await world.holding.answer(offered.id, isAccepted: true, by: Self.actor("ron")) }
            await #expect(throws: Problem.notFound) { try await world.holding.answer(offered.id, isAccepted: true, by: Self.actor("late")) }
            try await world.holding.answer(offered.id, isAccepted: true, by: Self.actor("dana"))
            let held = try #require(try await world.held().first)
            #expect(held.principalName == "ron" && held.kind == .attorney && held.mandate.principalID == "ron")
            #expect(held.mandate.covers("discount") && !held.mandate.covers("passport") && !held.mandate.mayAct)
            await #expect(throws: MandatesError.over) { try await world.holding.answer(offered.id, isAccepted: false, by: Self.actor("dana")) }
            await #expect(throws: Problem.notFound) { try await world.holding.end(offered.id, by: Self.actor("late")) }
            try await world.holding.end(offered.id, by: Self.actor("ron"))
            #expect(try await world.held().isEmpty)
            await #expect(throws: MandatesError.over) { try await world.holding.end(offered.id, by: Self.actor("dana")) }
            #expect(world.postman.notices.map { "\($0.template) \($0.recipientID)" } == ["mandates.offered dana", "mandates.accepted ron", "mandates.ended dana"])
            let whats = ["mandates.offered", "mandates.accepted", "mandates.ended"]
            for person in ["ron", "dana"] { #expect(world.audit.entries.filter { $0.subjectID == person }.map(\.what) == whats) }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func eitherOfTheTwoEndsIt(engine: TestEngine) async throws {
        try await MandatesWorld.with(engine) { world in
            let given = try await world.give()
            try await world.holding.end(given.id, by: Self.actor("dana"))
            #expect(try await world.held().isEmpty)
            #expect(world.postman.notices.last?.recipientID == "ron")
            let second = try await world.offer()
            try await world.holding.end(second.id, by: Self.actor("ron"))
            #expect(try await world.records(of: "ron").map(\.state) == [.withdrawn, .ended])
            await #expect(throws: MandatesError.over) { try await world.holding.answer(second.id, isAccepted: true, by: Self.actor("dana")) }
        }
    }

    /// Nobody learns whether somebody is registered, and who registers later finds the offer.
    @Test(arguments: TestDatabases.engines)
    func whoIsNotRegisteredIsFoundLater(engine: TestEngine) async throws {
        try await MandatesWorld.with(engine) { world in
            let offered = try await world.offer(to: MandatesWorld.late)
            #expect(offered.attorneyID == nil && offered.number == MandatesWorld.late && world.postman.notices.isEmpty)
            try await world.holding.keepHouse()
            #expect(world.postman.notices.isEmpty)
            world.people.isLateHere.withLock { $0 = true }
            try await world.holding.keepHouse()
            try await world.holding.keepHouse()
            #expect(world.postman.notices.map(\.recipientID) == ["late"])
            let found = try await world.records(of: "ron")[0]
            #expect(found.attorneyID == "late" && found.number == nil)
            try await world.holding.answer(found.id, isAccepted: true, by: Self.actor("late"))
            #expect(try await world.held(by: "late").count == 1)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func offersAndMandatesRunOut(engine: TestEngine) async throws {
        try await MandatesWorld.with(engine) { world in
            let given = try await world.give(world.terms(days: 30))
            _ = try await world.offer()
            world.clock.advance(seconds: 15 * 86_400)
            let unanswered = try await world.records(of: "ron")[0]
            await #expect(throws: MandatesError.over) { try await world.holding.answer(unanswered.id, isAccepted: true, by: Self.actor("dana")) }
            try await world.holding.keepHouse()
            #expect(try await world.records(of: "ron").map(\.state) == [.lapsed, .live])
            world.clock.advance(seconds: 15 * 86_400)
            #expect(try await world.held().map(\.mandate.id) == [given.id], "the last day counts")
            world.clock.advance(seconds: 1 * 86_400)
            #expect(try await world.held().isEmpty, "without any job having run")
            try await world.holding.keepHouse()
            #expect(try await world.records(of: "ron").map(\.state) == [.lapsed, .lapsed])
            #expect(world.postman.notices.suffix(2).map(\.template) == ["mandates.ended", "mandates.ended"])
        }
    }

    /// A row that somebody changed in the database says something that was never signed.
    @Test(arguments: TestDatabases.engines)
    func aRowThatWasChangedGivesNoPower(engine: TestEngine) async throws {
        try await MandatesWorld.with(engine) { world in
            let given = try await world.give(world.terms(days: 1))
            let later = world.today.adding(days: 400)
            let (id, seal) = (given.id, world.holding.store.seal)
            try await world.database.write { try $0.execute("UPDATE mandates_mandate SET valid_until = $1 WHERE id = $2", [.date(later), .text(id)]) }
            #expect(try await world.held().isEmpty)
            var other = given
            #expect(seal.isSigned(other))
            other.attorneyID = "late"
            #expect(!seal.isSigned(other))
            other = given
            other.token = try JWS.sign(Array("{}".utf8), by: seal.key, type: MandateSeal.type)
            #expect(!seal.isSigned(other))
            other.token = try MandateSeal(key: .generate()).token(of: given)
            #expect(!seal.isSigned(other), "another key")
        }
    }

    @Test func nobodyGivesTooManyNorToHerself() async throws {
        try await MandatesWorld.with { world in
            await #expect(throws: MandatesError.yourself) { _ = try await world.offer(to: MandatesWorld.numbers["ron"]) }
            for _ in 0..<MandateRecord.countLimit { _ = try await world.offer() }
            await #expect(throws: MandatesError.tooMany(limit: MandateRecord.countLimit)) { _ = try await world.offer() }
        }
    }

    // MARK: Children

    @Test(arguments: TestDatabases.engines)
    func parentsActForMinorsUntilTheyAreGrownUp(engine: TestEngine) async throws {
        try await MandatesWorld.with(engine) { world in
            let year = world.today.year
            world.register.name("000000059", born: "\(year - 5)-06-15")
            world.register.name("000000067", born: "\(year - 19)-06-15")
            #expect(try await world.holding.findChildren(of: Self.actor("dana")))
            #expect(try await world.holding.findChildren(of: Self.actor("dana")), "asked twice, it is one guardianship")
            let held = try await world.held()
            #expect(held.map(\.kind) == [.guardian] && held.map(\.mandate.principalID) == ["child-000000059"])
            #expect(held.first?.until == CalendarDate(year: year + 13, month: 6, day: 14) && held.first?.mandate.covers("whatever") == true)
            let asked = world.register.asked.withLock { $0 }
            #expect(asked.allSatisfy { $0.purpose == "guardianship" && $0.parameters == ["nationalNumber": MandatesWorld.numbers["dana"]] && $0.subjectID == "dana" })
            // The register names the child no more: the parent acts for it no more.
            world.register.children.withLock { $0 = [] }
            #expect(try await !world.holding.findChildren(of: Self.actor("dana")))
            #expect(try await world.held().isEmpty)
        }
    }

    /// A child with an account is told, may end it for good, and the register's word counts also when no parent asks.
    @Test(arguments: TestDatabases.engines)
    func aChildEndsItAndTheRegisterDoes(engine: TestEngine) async throws {
        try await MandatesWorld.with(engine) { world in
            let year = world.today.year
            for number in ["000000059", "000000067"] { world.register.name(number, born: "\(year - 15)-06-15") }
            _ = try await world.holding.findChildren(of: Self.actor("dana"))
            #expect(world.postman.notices.filter { $0.template == "mandates.guardian" }.map(\.recipientID).sorted() == ["child-000000059", "child-000000067"])
            let first = try #require(try await world.records(of: "child-000000059").first)
            try await world.holding.end(first.id, by: Self.actor("child-000000059"))
            _ = try await world.holding.findChildren(of: Self.actor("dana"))
            #expect(try await world.held().map(\.mandate.principalID) == ["child-000000067"], "what she ended does not begin again")
            world.register.children.withLock { $0 = nil }
            world.clock.advance(seconds: 8 * 86_400)
            try await world.holding.keepHouse()
            #expect(try await world.held().count == 1, "no answer ends nothing")
            world.register.children.withLock { $0 = [] }
            try await world.holding.keepHouse()
            #expect(try await world.held().isEmpty)
            let asked = world.register.asked.withLock { $0.last }
            #expect(asked?.actor.kind == .system && asked?.basis == .law(MandateHolding.law))
        }
    }

    @Test(arguments: TestDatabases.engines)
    func foundTwiceAtOnceItIsOne(engine: TestEngine) async throws {
        try await MandatesWorld.with(engine) { world in
            world.register.name("000000059", born: "\(world.today.year - 5)-06-15")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try await world.holding.findChildren(of: Self.actor("dana")) } }
                try await group.waitForAll()
            }
            #expect(try await world.records(of: "child-000000059").count == 1)
        }
    }

    @Test func whoDeclinesStaysUnknownAndOffersAreToldApart() async throws {
        try await MandatesWorld.with { world in
            let offered = try await world.offer()
            #expect(offered.numberEnd == "026")
            try await world.holding.answer(offered.id, isAccepted: false, by: Self.actor("dana"))
            #expect(world.postman.notices.last?.template == "mandates.declined" && world.postman.notices.last?.values["name"] == "")
            let second = try await world.offer()
            try await world.holding.end(second.id, by: Self.actor("ron"))
            #expect(world.postman.notices.last.map { $0.template == "mandates.withdrawn" && $0.recipientID == "dana" } == true)
            for _ in 2..<MandateRecord.dayLimit {
                let next = try await world.offer()
                try await world.holding.end(next.id, by: Self.actor("ron"))
            }
            await #expect(throws: MandatesError.tooMany(limit: MandateRecord.countLimit)) { _ = try await world.offer() }
            world.clock.advance(seconds: 2 * 86_400)
            _ = try await world.offer()
        }
    }

    @Test func aRegisterThatIsDownChangesNothing() async throws {
        try await MandatesWorld.with { world in
            world.register.name("000000059", born: "\(world.today.year - 5)-06-15")
            _ = try await world.holding.findChildren(of: Self.actor("dana"))
            world.register.children.withLock { $0 = nil }
            await #expect(throws: MandatesError.registersUnavailable) { _ = try await world.holding.findChildren(of: Self.actor("dana")) }
            #expect(try await world.held().count == 1)
        }
    }

    // MARK: Pages

    @Test func theFormSaysWhatIsMissingAndKeepsWhatWasTyped() async throws {
        try await MandatesWorld.with { world in
            let page = "/me/mandates/new"
            let empty = await world.post(page, from: page, [:], as: "ron")
            let text = String(decoding: empty.body, as: UTF8.self)
            #expect(empty.status == 422)
            for field in ["number", "power", "scope", "duration"] { #expect(text.contains("id=\"\(field)-error\"")) }
            let some = await world.post(
                page, from: page, ["number": "26", "power": "act", "scope": "some", "duration": "year", "services": "no-such"], as: "ron")
            let again = String(decoding: some.body, as: UTF8.self)
            #expect(some.status == 422 && again.contains("id=\"services-error\"") && again.contains("id=\"power-act\" name=\"power\" value=\"act\""))
            let own = await world.post(page, from: page, ["number": "000000018", "power": "act", "scope": "all", "duration": "year"], as: "ron")
            #expect(own.status == 422 && String(decoding: own.body, as: UTF8.self).contains("id=\"number-error\""))
            let sent = await world.post(
                page, from: page, ["number": "000000026", "power": "follow", "scope": "some", "services": "passport", "duration": "month"], as: "ron")
            #expect(sent.status == 303 && sent.location == "/en/me/mandates?done=offered")
            let given = try await world.records(of: "ron").map(\.terms)
            #expect(given == [world.terms(["passport"], mayAct: false, days: 30)])
        }
    }

    @Test func theListShowsBothSides() async throws {
        try await MandatesWorld.with { world in
            let offered = try await world.offer()
            let list = "/me/mandates"
            func text(_ person: String) async -> String { String(decoding: await world.get(list, as: person).body, as: UTF8.self) }
            #expect(await text("dana").contains("\(offered.id)/accept"))
            #expect(await !text("late").contains(offered.id))
            #expect(await !text("ron").contains(">dana<"), "not before it is accepted")
            let accepted = await world.post("\(list)/\(offered.id)/accept", from: list, [:], as: "dana")
            #expect(accepted.location == "/en/me/mandates?done=accepted")
            #expect(await text("ron").contains("<bdi>dana</bdi>"))
            #expect(await text("dana").contains("<bdi>ron</bdi>"))
            let ended = await world.post("\(list)/\(offered.id)/end", from: list, [:], as: "ron")
            #expect(ended.location == "/en/me/mandates?done=ended")
            let twice = await world.post("\(list)/\(offered.id)/end", from: list, [:], as: "ron")
            #expect(twice.status == 409)
            let foreign = await world.post("\(list)/\(offered.id)/end", from: list, [:], as: "late")
            #expect(foreign.status == 404)
        }
    }
}
