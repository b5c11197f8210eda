@testable import Identity
import Contracts
import Database
import Language
import TestKit
import Testing
import Values
import Web

/// Acting for another person, and what is left of it when she comes herself.
@Suite struct MandateTests {
    @Test(arguments: TestDatabases.engines)
    func itIsChosenShownRecordedAndEndsWithTheMandate(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let browser = TestBrowser(world)
            try await browser.register(world)
            let subject = try #require(world.auditLog.entries.first?.subjectID)
            let held = HeldMandate(
                mandate: Mandate(id: "m1", principalID: "ruth", services: nil, mayAct: true), kind: .attorney, attorneyID: subject,
                principalName: "Ruth", until: IsraelTime.date(world.clock.now).adding(days: 1))
            world.mandates.set([held])
            #expect(await browser.get("/capacity").text.contains("Ruth"))
            #expect(await browser.post("/capacity", ["capacity": "mandate:m2"]).status == 409, "none of hers")
            await browser.get("/capacity")
            #expect(await browser.post("/capacity", ["capacity": "mandate:m1"]).location == "/en/me")
            #expect(await browser.get("/me/sessions").text.contains("For Ruth"))
            #expect(await browser.get("/me").status == 403, "what is hers alone does not open to an attorney")
            let told = world.auditLog.entries.filter { $0.what == "identity.capacity" }
            #expect(told.map(\.subjectID) == [subject, "ruth"] && told.allSatisfy { $0.mandateID == "m1" })
            let signIns = world.identity.signIns
            let session = try #require(try await world.database.read { try $0.first("SELECT id FROM identity_session", []) { try $0.text(0) } })
            func vouched() async throws -> Capacity? {
                try await world.database.read { try signIns.signIn(session: session, of: subject, at: world.clock.now, in: $0)?.capacity }
            }
            #expect(try await vouched()?.code == "mandate:m1")
            let narrow = HeldMandate(
                mandate: Mandate(id: "m1", principalID: "ruth", services: ["a"], mayAct: true), kind: .attorney, attorneyID: subject,
                principalName: "Ruth", until: held.until)
            world.mandates.set([narrow])
            #expect(try await vouched() == .own, "a mandate for some services counts nowhere else")
            world.clock.advance(seconds: 20 * 60)
            await browser.get("/me/sessions")
            world.mandates.set([])
            #expect(await browser.post("/me/sessions/end-all").status == 403, "a form that was opened by the mandate is not sent without it")
            #expect(try await world.capacities() == ["own"])
            #expect(await browser.get("/me").status == 200)
            #expect(world.auditLog.entries.count { $0.what == "identity.capacity-ended" } == 1)
        }
    }

    /// A profession is hers while the register says so; what stands there suspended or run out is none.
    @Test(arguments: TestDatabases.engines)
    func aProfessionEndsWithTheRegister(engine: TestEngine) async throws {
        @Sendable func licence(_ profession: String, _ status: String, _ until: String) -> JSON {
            ["profession": .string(profession), "number": "1-7", "status": .string(status), "since": "2020-01-01", "until": .string(until)]
        }
        try await IdentityWorld.with(engine) { world in
            var doctor = ScriptedExchange.Resident()
            doctor.licences = [licence("physician", "valid", "2031-06-30"), licence("nurse", "suspended", "2031-06-30"), licence("dentist", "valid", "2026-01-01")]
            world.exchange.add(doctor)
            let browser = TestBrowser(world)
            try await browser.register(world)
            let page = await browser.get("/capacity").text
            #expect(page.contains("Physician") && !page.contains("Nurse") && !page.contains("Dentist"))
            #expect(await browser.post("/capacity", ["capacity": "professional:nurse:1-7"]).status == 409)
            await browser.get("/capacity")
            #expect(await browser.post("/capacity", ["capacity": "professional:physician:1-7"]).location == "/en/me")
            #expect(await browser.get("/me/sessions").text.contains("Physician"))
            #expect(world.auditLog.entries.last { $0.what == "identity.capacity" }?.licence == "physician 1-7")
            #expect(await browser.get("/me").status == 200, "she is herself")
            world.exchange.add(.init())
            world.clock.advance(seconds: Session.recheckSeconds)
            #expect(await !browser.get("/me/sessions").text.contains("Physician"))
            #expect(try await world.capacities() == ["own"])
        }
    }

    /// A child for whom a parent acted registers: she finds what was done for her, and nobody else can take it.
    @Test(arguments: TestDatabases.engines)
    func aWardWhoRegistersKeepsHerSubject(engine: TestEngine) async throws {
        try await IdentityWorld.with(engine) { world in
            let birth = try #require(CalendarDate("2004-03-14"))
            let card = WardCard(nationalNumber: "600000012", givenName: "נועה", familyName: "ברק", birthDate: birth)
            let (wards, time) = (world.identity.wards, world.clock.now)
            let ward = try #require(try await world.database.write { try wards.subject(of: card, at: time, in: $0) })
            #expect(try await world.database.write { try wards.subject(of: card, at: time, in: $0) } == ward)
            let stranger = TestBrowser(world)
            #expect(await stranger.enterPassword().status == 422, "nobody signs in as her before she registers")
            let browser = TestBrowser(world, address: "203.0.113.20")
            try await browser.register(world)
            #expect(await browser.get("/me").status == 200)
            #expect(world.auditLog.entries.last { $0.what == "identity.register" }?.subjectID == ward)
            #expect(try await world.count("identity_subject") == 1)
            let store = IdentityStore(vault: world.vault)
            let (person, ledger) = try await world.database.read { (try store.person(ward, in: $0), try store.ledger(of: ward, in: $0)) }
            #expect(person?.email == "noa@example.org" && ledger.proofLevel() == 2)
            // Registered for good now: a second registration gets no code.
            let codes = world.postman.codes.count
            let again = TestBrowser(world, address: "203.0.113.21")
            await again.prove()
            await again.equip()
            #expect(world.postman.codes.count == codes && world.postman.notices.last?.template == "identity.registered-again")
        }
    }
}
