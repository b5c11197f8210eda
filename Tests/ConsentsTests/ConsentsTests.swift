@testable import Consents
import Contracts
import Database
import HTTPTypes
import Language
import TestKit
import Testing
import Trust
import Values
import Web

@Suite struct ConsentsTests {
    private static let path = "/me/consents"

    @Test(arguments: TestDatabases.engines)
    func fromTheQuestionToTheLookAndBack(engine: TestEngine) async throws {
        try await ConsentsWorld.with(engine) { world in
            let request = try await world.ask()
            #expect(world.postman.notices.map(\.recipientID) == ["noa"])
            #expect(world.postman.notices.first?.link == "/me/consents/requests/\(request)")
            let id = try await world.consents.give(request, version: 1, language: .en, by: ConsentsWorld.noa)
            let grant = try #require(try await world.records.consent(id))
            #expect(grant.personMark == ConsentGrant.mark(of: "600000012", id: id) && grant.subjectID == "noa" && grant.consumerID == "haifa")
            #expect(grant.agreementID == "grant" && grant.fields == ["/institution", "/active"] && grant.operations == ["students.status"])
            #expect(grant.validUntil == world.now.adding(days: 30) && grant.revokedAt == nil)
            // The register is asked by it, in the officer's name.
            world.exchange.answer(.success(["institution": "Technion"]))
            let answer = try await world.consents.look(try await world.request(request), "students.status", by: ConsentsWorld.officer)
            try #expect(answer.get()?["institution"] == "Technion")
            let asked = try #require(world.exchange.asked.first)
            #expect(asked.basis == .consent(id) && asked.subjectID == "noa" && asked.parameters == ["nationalNumber": "600000012"])
            #expect(asked.consumerID == "haifa" && asked.purpose == "student-grant" && asked.actor.id == "officer")
            try await world.consents.revoke(id, by: ConsentsWorld.noa)
            try await #expect(world.records.consent(id)?.revokedAt == world.now)
            await #expect(throws: ConsentsError.over) { try await world.consents.revoke(id, by: ConsentsWorld.noa) }
            #expect(world.audit.entries.map(\.what) == ["consents.ask", "consents.give", "consents.revoke"])
            #expect(world.audit.entries.allSatisfy { $0.subjectID == "noa" })
        }
    }

    @Test(arguments: TestDatabases.engines)
    func isAnsweredOnceAndByHerAlone(engine: TestEngine) async throws {
        try await ConsentsWorld.with(engine) { world in
            let request = try await world.ask()
            await #expect(throws: Problem.notFound) { try await world.consents.give(request, version: 1, language: .en, by: ConsentsWorld.ron) }
            await #expect(throws: Problem.notFound) { try await world.consents.decline(request, by: ConsentsWorld.ron) }
            try await world.consents.decline(request, by: ConsentsWorld.noa)
            await #expect(throws: ConsentsError.over) { try await world.consents.give(request, version: 1, language: .en, by: ConsentsWorld.noa) }
            await #expect(throws: ConsentsError.over) { try await world.consents.withdraw(request, by: ConsentsWorld.officer) }
            let id = try await world.given()
            await #expect(throws: Problem.notFound) { try await world.consents.revoke(id, by: ConsentsWorld.ron) }
            try await #expect(world.records.consent(id)?.revokedAt == nil)
            // Two answers at the same moment: one counts.
            let another = try await world.ask()
            let answers = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 { group.addTask { (try? await world.consents.give(another, version: 1, language: .en, by: ConsentsWorld.noa)) != nil } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(answers == 1)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func laterIsTooLate(engine: TestEngine) async throws {
        try await ConsentsWorld.with(engine) { world in
            let request = try await world.ask()
            world.clock.advance(seconds: ConsentRequest.daysOpen * 86_400)
            await #expect(throws: ConsentsError.over) { try await world.consents.give(request, version: 1, language: .en, by: ConsentsWorld.noa) }
            let time = world.now
            try await world.database.write { try world.consents.store.lapse(at: time, in: $0) }
            try await #expect(world.request(request).state == .lapsed)
        }
    }

    @Test func restsOnTheAgreementThatSheRead() async throws {
        try await ConsentsWorld.with { world in
            let request = try await world.ask()
            world.desk.change { $0["version"] = 2 }
            await #expect(throws: ConsentsError.agreementChanged) { try await world.consents.give(request, version: 1, language: .en, by: ConsentsWorld.noa) }
            world.desk.change(status: "suspended")
            await #expect(throws: ConsentsError.agreementOver) { try await world.consents.give(request, version: 2, language: .en, by: ConsentsWorld.noa) }
            await #expect(throws: ConsentsError.agreementOver) { try await world.ask() }
            world.desk.change { $0["bases"] = ["law"] }
            await #expect(throws: ConsentsError.agreementOver) { try await world.ask() }
            // No consent outlasts the agreement.
            world.desk.change { ($0["bases"], $0["validUntil"]) = (["consent"], "2027-01-20") }
            let id = try await world.consents.give(request, version: 2, language: .en, by: ConsentsWorld.noa)
            try await #expect(world.records.consent(id)?.validUntil.description == "2027-01-20T22:00:00Z")
        }
    }

    @Test func nobodyIsShoweredWithRequests() async throws {
        try await ConsentsWorld.with { world in
            for _ in 0..<Consents.openLimit { _ = try await world.ask() }
            await #expect(throws: ConsentsError.tooMany(limit: Consents.openLimit)) { try await world.ask() }
            _ = try await world.ask("ron")
            await #expect(throws: ConsentsError.unknownPerson) { try await world.ask("nobody") }
        }
    }

    /// The record is what was signed: names of ISO/IEC TS 27560, and nothing that another consent's receipt could be taken for.
    @Test func receiptsAreSigned() async throws {
        try await ConsentsWorld.with { world in
            let id = try await world.given()
            let record = try #require(try await world.record(id))
            let read = try JWS.verify(record.receipt, type: "consent-receipt+jwt") { $0 == world.key.keyID ? world.key.verifyingKey : nil }
            let content = try JSON.parse(read.payload)
            #expect(content["record_id"]?.string == id && content["pii_principal_id"] == "noa" && content["schema_version"] == "ISO/IEC TS 27560:2023")
            let purpose = try #require(content["purposes"]?.array?.first)
            #expect(purpose["purpose"]?.string == ConsentsWorld.reason && purpose["lawful_basis"] == "consent" && purpose["retention_period"] == "P365D")
            #expect(purpose["pii_information"]?.array?.compactMap { $0["pii_attribute_id"]?.string } == ["/institution", "/active"])
            #expect(content["events"]?.array?.compactMap { $0["event_state"]?.string } == ["consent_given"])
            try await world.consents.revoke(id, by: ConsentsWorld.noa)
            let after = try #require(try await world.record(id))
            #expect(after.receipt == record.receipt)
            let revoked = try world.consents.seal.content(of: try #require(after.revocationReceipt))
            #expect(revoked["events"]?.array?.compactMap { $0["event_state"]?.string } == ["consent_given", "consent_withdrawn"])
            #expect(revoked["receipt_id"] != content["receipt_id"] && revoked["record_id"] == content["record_id"])
        }
    }

    // MARK: Pages

    @Test func aPersonAnswersOnPages() async throws {
        try await ConsentsWorld.with { world in
            let empty = await world.get(Self.path, as: "noa")
            #expect(empty.status == 200 && empty.text.contains("No consent is in force"))
            let (request, page) = try await { let id = try await world.ask(); return (id, "\(Self.path)/requests/\(id)") }()
            let shown = await world.get(page, as: "noa")
            #expect(shown.status == 200 && shown.text.contains(ConsentsWorld.reason) && shown.text.contains("Only whoever studies now"))
            await #expect(world.get(page, as: "ron").status == 404)
            let hebrew = await world.get(page, as: "noa", language: "/he")
            #expect(hebrew.text.contains("רק מי שלומד עכשיו"))
            let given = await world.post("\(page)/give", from: page, [("version", "1")], as: "noa")
            #expect(given.status == 303)
            let path = String(try #require(given.location).dropFirst(3).prefix { $0 != "?" })
            let receipt = await world.get(path, as: "noa")
            #expect(receipt.status == 200 && receipt.text.contains("In force") && receipt.text.contains("Haifa Municipality"))
            await #expect(world.get(path, as: "ron").status == 404)
            await #expect(world.get("\(path)/receipt", as: "noa", language: "").status == 200)
            await #expect(world.get("\(path)/receipt", as: "ron", language: "").status == 404)
            await #expect(world.get("/consents/keys", as: "nobody", language: "").text.contains(world.key.keyID))
            // The request leads to its consent now; answering again says that it is closed.
            await #expect(world.get(page, as: "noa").location == "/en\(path)")
            await #expect(world.post("\(page)/decline", from: path, as: "noa").status == 409)
            let revoked = await world.post("\(path)/revoke", from: path, as: "noa")
            #expect(revoked.status == 303)
            await #expect(world.get(path, as: "noa").text.contains("Taken back"))
            try await #expect(world.request(request).state == .given)
        }
    }

    @Test func anOfficerAsksAndLooksOnPages() async throws {
        try await ConsentsWorld.with { world in
            let new = "/desk/consents/new"
            await #expect(world.get("/desk/consents", as: "officer").text.contains("Nobody has been asked yet"))
            await #expect(world.get("/desk/consents", as: "noa").status == 403)
            let empty = await world.post(new, from: new, as: "officer")
            #expect(empty.status == 422)
            for anchor in ["#offers", "#number", "#reason", "#day-30"] { #expect(empty.text.contains("href=\"\(anchor)\"")) }
            let filled = [("offer", "grant student-grant"), ("number", "600000012"), ("reason", ConsentsWorld.reason), ("day", "30")]
            let unknown = await world.post(new, from: new, filled.map { $0.0 == "number" ? ("number", "000000018") : $0 }, as: "officer")
            #expect(unknown.status == 422 && unknown.text.contains("has a personal zone") && unknown.text.contains(ConsentsWorld.reason))
            let asked = await world.post(new, from: new, filled, as: "officer")
            #expect(asked.status == 303)
            let path = String(try #require(asked.location).dropFirst(3).prefix { $0 != "?" })
            await #expect(world.get(path, as: "stranger").status == 404)
            let waiting = await world.get(path, as: "officer")
            #expect(waiting.text.contains("Noa Test") && !waiting.text.contains("/look"))
            _ = try await world.consents.give(String(path.split(separator: "/").last!), version: 1, language: .en, by: ConsentsWorld.noa)
            world.exchange.answer(.success(["institution": "Technion", "active": true, "secret": "x"]))
            let look = [("operation", "students.status")]
            let answer = await world.post("\(path)/look", from: path, look, as: "officer")
            #expect(answer.status == 200 && answer.text.contains("Technion") && answer.text.contains("Yes") && !answer.text.contains("secret"))
            for (error, words) in [(ExchangeError.notCovered(""), "taken back"), (.unavailable(""), "cannot be reached"), (.untrusted(""), "cannot be reached")] {
                world.exchange.answer(.failure(error))
                let answer = await world.post("\(path)/look", from: path, look, as: "officer")
                #expect(answer.status == 200 && answer.text.contains(words))
            }
            await #expect(world.post("\(path)/look", from: path, [("operation", "another")], as: "officer").status == 404)
            await #expect(world.post("\(path)/look", from: path, look, as: "stranger").status != 200)
        }
    }

    @Test func valuesOfAnAnswer() throws {
        let value: JSON = ["a": ["b": "x"], "list": [["c": 1], ["c": 2], ["d": 3]], "texts": ["p", "q"], "none": .null]
        func texts(_ pointer: String) throws -> [String] { Consents.values(in: value, try #require(JSONPointer(pointer)).tokens[...]).map(\.text) }
        try #expect(texts("/a/b") == ["\"x\""] && texts("/list/*/c") == ["1", "2"] && texts("/texts").count == 2)
        try #expect(texts("/none").isEmpty && texts("/a/z").isEmpty && texts("/list/c").isEmpty)
    }

    /// What is told by law needs no consent; the person sees it all the same, and only what is about her.
    @Test func whoIsToldOfChangesStandsThere() async throws {
        try await ConsentsWorld.with(.sqlite) { world in
            let quiet = await world.get(Self.path, as: "noa")
            #expect(quiet.status == 200 && !quiet.text.contains("Who is told when something changes"))
            let today = IsraelTime.date(world.now)
            let reference = BodyReference(bodyID: "haifa", operation: "students.status", agreementID: "grant", since: world.now, until: today)
            world.references.put(reference, about: "600000012")
            let page = await world.get(Self.path, as: "noa").text
            #expect(page.contains("Who is told when something changes") && page.contains("Studies now") && page.contains("/en/data-transfers/grant"))
            await #expect(!world.get(Self.path, as: "ron").text.contains("Studies now"))
            world.clock.advance(seconds: 86_400)
            await #expect(!world.get(Self.path, as: "noa").text.contains("Studies now"))
        }
    }
}
