import Contracts
import Database
@testable import Spine
import Synchronization
import TestKit
import Testing
import Trust
import Values
import Web

@Suite struct ChainTests {
    @Test(arguments: TestDatabases.engines)
    func aCoveredQuestionIsAnsweredMinimisedAndLogged(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            let answer = try await chain.consumer.ask(chain.question())
            #expect(answer.ownerID == "population-authority")
            #expect(answer.agreementID == "municipal-discount-person.municipality-haifa")
            let value = try #require(answer.value)
            #expect(value["givenName"] == "נועה" && value["address"]?["house"] == "27")
            // Not in the agreement: the card's date, the floor, the parents.
            #expect(value["cardIssueDate"] == nil && value["address"]?["floor"] == nil && value["parents"] == nil)
            let rows = try await chain.rows()
            #expect(rows.map(\.face) == ["consumer", "provider"])
            #expect(rows.map(\.body) == ["municipality-haifa", "population-authority"])
            #expect(Set(rows.map(\.id)).count == 1)
            #expect(rows.allSatisfy { $0.decision == "permit" && $0.outcome == "answered" })
            #expect(rows[1].dropped == 3 && rows[0].dropped == 0)
            let entry = try #require(chain.audit.entries.first)
            #expect(chain.audit.entries.count == 1)
            #expect(entry.subjectID == "subject-1" && entry.bodyID == "municipality-haifa" && entry.what == "register.population.person")
            #expect(entry.action == .fetch && entry.caseID == "case-1" && entry.basis == .law("arnona-regulations-1993"))
            #expect(entry.agreementID == answer.agreementID && entry.law == "arnona-regulations-1993")
            #expect(
                Set(entry.fields) == ["nationalNumber", "givenName", "familyName", "birthDate", "address", "maritalStatus", "children"])
        }
    }

    @Test func theLogHoldsNothingOfWhatWasSaid() async throws {
        try await Chain.with { chain in
            _ = try await chain.consumer.ask(chain.question())
            let columns = ["other_id", "operation", "purpose", "basis_reference", "actor", "request_hash", "answer_hash", "case_id"]
            for column in columns {
                let texts = try await chain.database.read { try $0.query("SELECT \(column) FROM spine_message", []) { try $0.text(0) } }
                for secret in ["600000012", "נועה", "ברק", "הגליל", "2004"] { #expect(texts.allSatisfy { !$0.contains(secret) }) }
            }
        }
    }

    @Test func throughTheClientOfAServer() async throws {
        try await Chain.with { chain in
            let client = SpineClient(gatewayURL: chain.consumerURL, token: Chain.token, timeoutMilliseconds: 50_000)
            try await #expect(client.ask(chain.question()).value?["familyName"] == "ברק")
            let error = await #expect(throws: ExchangeError.self) { try await client.ask(chain.question(purpose: "curiosity")) }
            #expect(error == .notCovered("municipality-haifa population.person: other-purpose"))
            await client.close()
            let stranger = SpineClient(gatewayURL: chain.consumerURL, token: String(repeating: "x", count: 32))
            await #expect(throws: ExchangeError.self) { try await stranger.ask(chain.question()) }
            await stranger.close()
            try await #expect(chain.rows().filter { $0.outcome == "answered" }.count == 2)
        }
    }

    @Test func somebodyTheRegisterDoesNotKnow() async throws {
        try await Chain.with { chain in
            try await #expect(chain.consumer.ask(chain.question(number: "123456782")).value == nil)
            try await #expect(chain.rows().map(\.outcome) == ["unknown", "unknown"])
            #expect(chain.audit.entries.first?.fields == [])
        }
    }

    @Test func nothingPassesThatNoAgreementCovers() async throws {
        let officer = Actor(kind: .person, id: "officer-1", name: "מיכל", capacity: .office(organisation: "police", role: "case-officer"))
        try await Chain.with { chain in
            let questions = [
                (chain.question(consumer: "tourism"), AgreementRefusal.noAgreement),
                (chain.question(operation: "population.check"), .noAgreement),
                (chain.question(operation: "population.everything"), .noAgreement), (chain.question(purpose: "curiosity"), .otherPurpose),
                (chain.question(assurance: Assurance(credential: 1, proof: 2)), .assuranceTooLow),
                (chain.question(basis: .law("x")), .otherBasis), (chain.question(basis: .consent("1")), .otherBasis),
                (chain.question(by: .system("x")), .otherActor),
                (chain.question(by: officer), .otherActor),
            ]
            for (question, refusal) in questions {
                await #expect(throws: ExchangeError.self) { try await chain.consumer.ask(question) }
                try await #expect(
                    chain.rows().contains { $0.decision == refusal.rawValue && $0.outcome == "refused" && $0.face == "consumer" })
            }
            #expect(chain.register.state.withLock { $0.asked } == 0)
            #expect(chain.audit.entries.isEmpty)
        }
    }

    /// An officer who looks at her own data is a person like any other, whatever office she has chosen.
    @Test func whoAsksAboutHerselfAsksAsAPerson() async throws {
        try await Chain.with { chain in
            let office = Capacity.office(organisation: "police", role: "case-officer")
            let herself = Actor(kind: .person, id: "subject-1", name: "נועה ברק", assurance: .substantial, capacity: office)
            try await #expect(chain.consumer.ask(chain.question(by: herself)).value != nil)
            #expect(chain.audit.entries.first?.role == nil)
        }
    }

    /// Agreements are valid by the days of Israel, whose midnight comes before that of UTC.
    @Test func daysAreThoseOfIsrael() async throws {
        try await Chain.with { chain in
            // 2031-12-31 23:30 in Israel, then 2032-01-01 00:30, which is still the old day in UTC.
            let lastDay = Int64(1_956_519_000)
            chain.clock.advance(seconds: lastDay - chain.clock.now.seconds)
            try await #expect(chain.consumer.ask(chain.question()).value != nil)
            chain.clock.advance(seconds: 3_600)
            await #expect(throws: ExchangeError.notCovered("municipality-haifa population.person: expired")) {
                try await chain.consumer.ask(chain.question())
            }
        }
    }

    @Test func aSuspendedAgreementStopsAndResumes() async throws {
        try await Chain.with { chain in
            let id = try await chain.consumer.ask(chain.question()).agreementID
            try await chain.spine.setStatus(.suspended, of: id)
            chain.clock.advance(seconds: 1)
            await #expect(throws: ExchangeError.self) { try await chain.consumer.ask(chain.question()) }
            try await chain.spine.setStatus(.live, of: id)
            chain.clock.advance(seconds: 1)
            try await #expect(chain.consumer.ask(chain.question()).value != nil)
        }
    }

    @Test func anAgreementEndsByItself() async throws {
        try await Chain.with { chain in
            chain.clock.advance(seconds: 6 * 366 * 86_400)
            await #expect(throws: ExchangeError.notCovered("municipality-haifa population.person: expired")) {
                try await chain.consumer.ask(chain.question())
            }
        }
    }

    @Test func anAlteredAgreementIsNotInForce() async throws {
        try await Chain.with { chain in
            let altered = try await chain.database.write { connection in
                try connection.changes("UPDATE spine_agreement SET content = replace(content, '/maritalStatus', '/cardIssueDate')", [])
            }
            #expect(altered > 0)
            await #expect(throws: ExchangeError.self) { try await chain.consumer.ask(chain.question()) }
        }
    }

    @Test func theRateOfAnAgreementHolds() async throws {
        try await Chain.with(document: { $0.withRate(2) }) { chain in
            for _ in 0..<2 { _ = try await chain.consumer.ask(chain.question()) }
            await #expect(throws: ExchangeError.unavailable("the agreement's rate is used up")) {
                try await chain.consumer.ask(chain.question())
            }
            chain.clock.advance(seconds: 60)
            try await #expect(chain.consumer.ask(chain.question()).value != nil)
        }
    }

    @Test func whatCannotBeLoggedIsNotHandedOn() async throws {
        try await Chain.with { chain in
            chain.audit.failFromNowOn()
            await #expect(throws: ExchangeError.unavailable("the log cannot be written")) { try await chain.consumer.ask(chain.question()) }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func loadingAgainChangesNothingAndNewContentMakesANewVersion(engine: TestEngine) async throws {
        try await TestDatabases.with(engine) { database in
            try await TestDatabases.withFolder { folder in
                try await Migrations([(module: "spine", folder: Project.root + "/Sources/Components/Spine/Schema")]).apply(to: database)
                let spine = Spine(database: database)
                var document = try Project.json("Data/agreements.json")
                let count = try await spine.loadDemo(document, bodies: [Project.haifa], keyFolder: folder)
                #expect(count == 13)
                try await spine.setStatus(.suspended, of: "identity-population")
                try await #expect(spine.loadDemo(document, bodies: [Project.haifa], keyFolder: folder) == 0)
                let before = try await spine.agreements()
                #expect(before.count == count && before.filter { $0.status == .suspended }.map(\.agreement.id) == ["identity-population"])
                var entries = document["agreements"]?.array ?? []
                entries[1]["retentionDays"] = 7
                document["agreements"] = .array(entries)
                try await #expect(spine.loadDemo(document, bodies: [Project.haifa], keyFolder: folder) == 1)
                let after = try await spine.agreements()
                #expect(after.count == count && after.filter { $0.agreement.version == 2 }.map(\.agreement.retentionDays) == [7])
                await #expect(throws: SpineError.unknownAgreement("none")) { try await spine.setStatus(.live, of: "none") }
            }
        }
    }
}
