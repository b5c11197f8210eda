import Contracts
import Database
import HTTPTypes
import Language
@testable import Officers
import Synchronization
import TestKit
import Testing
import Values
import Web

@Suite(.serialized) struct OfficersTests {
    private static let body = OfficersWorld.authority
    private static func actor(_ id: String, _ role: String? = OfficerRole.administrator) -> Actor { OfficersWorld.actor(id, role) }

    @Test(arguments: TestDatabases.engines)
    func aPersonIsInvitedAndAccepts(engine: TestEngine) async throws {
        try await OfficersWorld.with(engine) { world in
            let invitation = try await world.invite()
            #expect(invitation.state == .invited && world.postman.notices.last.map { $0.template == "officers.invited" && $0.recipientID == "noa" } == true)
            #expect(!world.holds("noa", OfficerRole.caseOfficer))
            await #expect(throws: Problem.notFound) { try await world.officers.answer(invitation.id, isAccepted: true, by: Self.actor("dana", nil)) }
            try await world.officers.answer(invitation.id, isAccepted: true, by: Self.actor("noa", nil))
            #expect(world.holds("noa", OfficerRole.caseOfficer))
            #expect(world.audit.entries.map(\.what) == ["officers.invited", "officers.accepted"] && world.audit.entries.allSatisfy { $0.subjectID == "noa" })
            await #expect(throws: Problem.notFound) { try await world.officers.answer(invitation.id, isAccepted: false, by: Self.actor("noa", nil)) }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func powerNeedsTwoPairsOfEyes(engine: TestEngine) async throws {
        try await OfficersWorld.with(engine) { world in
            let proposal = try await world.invite("noa", OfficerRole.administrator)
            #expect(proposal.state == .proposed)
            #expect(world.postman.notices.map(\.recipientID) == ["dana"], "the other administrator is asked, nobody else")
            await #expect(throws: OfficersError.yourself) { try await world.officers.confirm(proposal.id, at: Self.body, by: Self.actor("ron")) }
            await #expect(throws: OfficersError.yourself) { try await world.officers.confirm(proposal.id, at: Self.body, by: Self.actor("noa")) }
            await #expect(throws: OfficersError.yourself) {
                try await world.officers.confirm(proposal.id, at: Self.body, by: Self.actor("dana", OfficerRole.bodyAdministrator))
            }
            await #expect(throws: Problem.notFound) { try await world.officers.answer(proposal.id, isAccepted: true, by: Self.actor("noa", nil)) }
            try await world.officers.confirm(proposal.id, at: Self.body, by: Self.actor("dana"))
            await #expect(throws: OfficersError.over) { try await world.officers.confirm(proposal.id, at: Self.body, by: Self.actor("dana")) }
            try await world.officers.answer(proposal.id, isAccepted: true, by: Self.actor("noa", nil))
            #expect(world.holds("noa", OfficerRole.administrator))
            #expect(world.audit.entries.map(\.what) == ["officers.proposed", "officers.confirmed", "officers.accepted"])
        }
    }

    @Test(arguments: TestDatabases.engines)
    func anOfficeEndsAtOnceAndAPowerfulOneByTwo(engine: TestEngine) async throws {
        try await OfficersWorld.with(engine) { world in
            world.hold("noa", OfficerRole.caseOfficer)
            world.hold("noa", OfficerRole.administrator)
            #expect(try await world.officers.end("noa", role: OfficerRole.caseOfficer, at: Self.body, by: Self.actor("ron")))
            #expect(!world.holds("noa", OfficerRole.caseOfficer) && world.postman.notices.last?.template == "officers.ended")
            #expect(try await !world.officers.end("noa", role: OfficerRole.administrator, at: Self.body, by: Self.actor("ron")))
            #expect(world.holds("noa", OfficerRole.administrator))
            await #expect(throws: OfficersError.alreadyThere) {
                _ = try await world.officers.end("noa", role: OfficerRole.administrator, at: Self.body, by: Self.actor("dana"))
            }
            let store = world.officers.store
            let open = try await world.database.read { try store.open(of: Self.body, at: world.clock.source.now(), in: $0) }
            try await world.officers.confirm(try #require(open.first?.id), at: Self.body, by: Self.actor("dana"))
            #expect(!world.holds("noa", OfficerRole.administrator))
            // Whoever leaves of her own will needs nobody; but the last one stays.
            #expect(try await world.officers.end("dana", role: OfficerRole.administrator, at: Self.body, by: Self.actor("dana")))
            await #expect(throws: OfficersError.lastAdministrator) {
                _ = try await world.officers.end("ron", role: OfficerRole.administrator, at: Self.body, by: Self.actor("ron"))
            }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func whoRegistersLaterIsFound(engine: TestEngine) async throws {
        try await OfficersWorld.with(engine) { world in
            SomePeople.late.withLock { $0 = false }
            let invitation = try await world.invite("000000042")
            #expect(invitation.subjectID == nil && world.postman.notices.isEmpty)
            try await world.officers.keepHouse()
            #expect(world.postman.notices.isEmpty)
            SomePeople.late.withLock { $0 = true }
            try await world.officers.keepHouse()
            try await world.officers.keepHouse()
            #expect(world.postman.notices.map(\.recipientID) == ["late"])
            try await world.officers.answer(invitation.id, isAccepted: true, by: Self.actor("late", nil))
            #expect(world.holds("late", OfficerRole.caseOfficer))
        }
    }

    @Test func whatNobodyAnswersEnds() async throws {
        try await OfficersWorld.with { world in
            let (invitation, proposal) = (try await world.invite(), try await world.invite("noa", OfficerRole.identityOfficer))
            world.clock.advance(seconds: 14 * 86_400)
            await #expect(throws: Problem.notFound) { try await world.officers.answer(invitation.id, isAccepted: true, by: Self.actor("noa", nil)) }
            await #expect(throws: OfficersError.over) { try await world.officers.confirm(proposal.id, at: Self.body, by: Self.actor("dana")) }
            try await world.officers.keepHouse()
            let store = world.officers.store
            #expect(try await world.database.read { try store.appointment(invitation.id, of: Self.body, in: $0) }?.state == .expired)
        }
    }

    @Test func anOfficerIsMovedToAnotherUnit() async throws {
        try await OfficersWorld.with { world in
            world.hold("noa", OfficerRole.caseOfficer)
            let unit = Unit(bodyID: Self.body, id: "tax", parentID: nil, name: LocalizedText([.he: "ארנונה", .en: "Tax"]))
            try await world.database.write { try world.officers.store.insert(unit, in: $0) }
            let page = "/desk/officers"
            for (chosen, done, kept) in [("tax", "moved", "tax"), ("tax", "renewed", "tax"), ("no-such", "moved", nil)] as [(String, String, String?)] {
                let reply = await world.post(
                    "\(page)/renew", from: page, ["subject": "noa", "role": OfficerRole.caseOfficer, "unit": chosen], as: "ron:administrator")
                #expect(reply.headers[.location]?.hasSuffix("done=\(done)") == true)
                let places = try await world.database.read { try world.officers.store.places(of: Self.body, in: $0) }
                #expect(places["noa case-officer"]?.unitID == kept)
            }
            let acts = try await world.database.read { try world.officers.store.acts(of: Self.body, limit: 9, in: $0).map(\.what) }
            #expect(acts == ["moved", "renewed", "moved"])
        }
    }

    @Test func nobodyInvitesHimself() async throws {
        try await OfficersWorld.with { world in
            await #expect(throws: OfficersError.yourself) { _ = try await world.invite("ron", OfficerRole.developer) }
        }
    }

    @Test func theFirstAdministratorIsAppointedOnce() async throws {
        try await TestDatabases.with(.sqlite) { database in
            let world = try await OfficersWorld(database)
            #expect(try await !world.officers.appointFirst(nationalNumber: "000000034"), "there are some")
            for person in ["ron", "dana"] {
                world.offices.keep(
                    OfficeHolding(subjectID: person, bodyID: Self.body, role: OfficerRole.administrator, from: world.today, to: world.today.adding(days: -1)))
            }
            #expect(try await !world.officers.appointFirst(nationalNumber: "000000059"), "nobody has this number")
            #expect(try await world.officers.appointFirst(nationalNumber: "000000034"))
            #expect(world.holds("noa", OfficerRole.administrator))
            #expect(try await !world.officers.appointFirst(nationalNumber: "000000018"))
        }
    }

    // MARK: Pages

    @Test(arguments: ["noa", "noa:case-officer", "noa:developer"])
    func othersSeeNothing(cookie: String) async throws {
        try await OfficersWorld.with { world in
            for path in ["", "/add", "/units", "/history"] { #expect(await world.get("/desk/officers\(path)", as: cookie).status == 403) }
            #expect(await world.post("/desk/officers/end", from: "/me/offices", ["subject": "ron", "role": "administrator"], as: cookie).status == 403)
        }
    }

    @Test func aBodysAdministratorManagesItsOwn() async throws {
        try await OfficersWorld.with { world in
            let lior = "noa:body-administrator"
            let page = String(decoding: await world.get("/desk/officers", as: lior).body, as: UTF8.self)
            #expect(page.contains("ron Test") && page.contains("Haifa Municipality"))
            #expect(await world.get("/desk/officers?body=elsewhere", as: lior).status == 403)
            let add = String(decoding: await world.get("/desk/officers/add", as: lior).body, as: UTF8.self)
            #expect(add.contains("value=\"case-officer\"") && !add.contains("value=\"administrator\"") && !add.contains("value=\"client-reviewer\""))
            // What the page does not offer is not taken either.
            let sent = await world.post("/desk/officers/add", from: "/desk/officers/add", ["number": "000000018", "role": "administrator", "body": "haifa"], as: lior)
            #expect(sent.status == 422)
            #expect(await world.post("/desk/officers/end", from: "/desk/officers", ["subject": "ron", "role": "administrator", "body": "haifa"], as: lior).status == 403)
        }
    }

    @Test func anOfficerIsInvitedOnPages() async throws {
        try await OfficersWorld.with { world in
            let ron = "ron:administrator"
            let wrong = await world.post(
                "/desk/officers/add", from: "/desk/officers/add", ["number": "000000019", "body": "haifa", "from-day": "1", "from-month": "1", "from-year": "2001"],
                as: ron)
            let text = String(decoding: wrong.body, as: UTF8.self)
            #expect(wrong.status == 422 && text.contains("check digit") && text.contains("Choose a role") && text.contains("from today on"))
            // Registered or not, the answer is the same.
            for number in ["0000034", "000000042"] {
                let sent = await world.post("/desk/officers/add", from: "/desk/officers/add", ["number": number, "role": "case-officer", "body": "haifa"], as: ron)
                #expect(sent.headers[.location] == "/en/desk/officers?done=invited")
            }
            let list = String(decoding: await world.get("/desk/officers", as: ron).body, as: UTF8.self)
            #expect(list.split(separator: "A person who was invited").count == 3 && !list.contains("noa Test"))
            let own = String(decoding: await world.get("/me/offices", as: "noa").body, as: UTF8.self)
            #expect(own.contains("Case officer") && own.contains("Haifa Municipality"))
            let history = String(decoding: await world.get("/desk/officers/history", as: ron).body, as: UTF8.self)
            #expect(history.contains("An invitation to an office"))
        }
    }

    @Test(arguments: TestDatabases.engines)
    func unitsAreATree(engine: TestEngine) async throws {
        try await OfficersWorld.with(engine) { world in
            let ron = "ron:administrator"
            #expect(await world.post("/desk/officers/units", from: "/desk/officers/units", ["name": " ", "body": "haifa"], as: ron).status == 422)
            _ = await world.post("/desk/officers/units", from: "/desk/officers/units", ["name": "חינוך", "english": "Education", "body": "haifa"], as: ron)
            let store = world.officers.store
            let parent = try #require(try await world.database.read { try store.units(of: Self.body, in: $0).first })
            _ = await world.post(
                "/desk/officers/units", from: "/desk/officers/units", ["name": "גנים", "english": "Kindergartens", "parent": parent.id, "body": "haifa"], as: ron)
            let page = String(decoding: await world.get("/desk/officers/units", as: ron).body, as: UTF8.self)
            #expect(page.contains("– <bdi>Kindergartens</bdi>") && page.contains("<bdi>Education</bdi>"))
            #expect(await world.post("/desk/officers/units/\(parent.id)/close", from: "/desk/officers/units", ["body": "haifa"], as: ron).status == 303)
            #expect(await world.post("/desk/officers/units/\(parent.id)/close", from: "/desk/officers/units", ["body": "haifa"], as: ron).status == 404)
            let left = try await world.database.read { try store.units(of: Self.body, in: $0) }
            #expect(left.map { $0.name[.en] } == ["Kindergartens"])
        }
    }

    @Test func anOfficeNobodyConfirmedForAYearComesFirst() async throws {
        try await OfficersWorld.with { world in
            world.hold("noa", OfficerRole.caseOfficer)
            world.clock.advance(seconds: 360 * 86_400)
            let ron = "ron:administrator"
            #expect(String(decoding: await world.get("/desk/officers", as: ron).body, as: UTF8.self).contains("Not confirmed for a year"))
            for (person, role) in [("noa", "case-officer"), ("dana", "administrator")] {
                let sent = await world.post("/desk/officers/renew", from: "/desk/officers", ["subject": person, "role": role, "body": "haifa"], as: ron)
                #expect(sent.headers[.location] == "/en/desk/officers?done=renewed")
            }
            #expect(await world.post("/desk/officers/renew", from: "/desk/officers", ["subject": "ron", "role": "administrator", "body": "haifa"], as: ron).status == 409)
            let page = String(decoding: await world.get("/desk/officers", as: ron).body, as: UTF8.self)
            #expect(page.split(separator: "Not confirmed for a year").count == 2, "only his own is left")
        }
    }
}

@Suite struct OfficeRuleTests {
    @Test(arguments: OfficerRole.all, [OfficerRole.administrator, OfficerRole.bodyAdministrator, OfficerRole.caseOfficer, OfficerRole.developer])
    func nobodyConfirmsWhatHeProposedOrWhatIsAboutHim(role: String, confirmerRole: String) {
        let time = Instant(seconds: 1_800_000_000)
        func appointment(by proposer: String, about subject: String?) -> Appointment {
            Appointment(
                bodyID: "haifa", id: "a", kind: .begin, role: role, unitID: nil, subjectID: subject, from: IsraelTime.date(time), to: nil, state: .proposed,
                proposerID: proposer, createdAt: time, expiresAt: time.adding(days: 14))
        }
        let actor = OfficersWorld.actor("dana", confirmerRole)
        #expect(!OfficeRules.mayConfirm(appointment(by: "dana", about: "noa"), authority: "haifa", actor))
        #expect(!OfficeRules.mayConfirm(appointment(by: "ron", about: "dana"), authority: "haifa", actor))
        let may = OfficeRules.mayConfirm(appointment(by: "ron", about: "noa"), authority: "haifa", actor)
        #expect(may == OfficeRules.mayPropose(role, at: "haifa", authority: "haifa", actor))
        if ![OfficerRole.administrator, OfficerRole.bodyAdministrator].contains(confirmerRole) { #expect(!may) }
    }
}
