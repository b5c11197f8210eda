@testable import AskOnce
import Contracts
import Language
import Logging
import TestKit
import Testing
import Values
import Web

@Suite struct BrokerTests {
    private static let person: JSON = [
        "givenName": "נועה", "familyName": "ברק", "birthDate": "2004-03-14",
        "address": ["localityCode": 4000, "locality": "חיפה", "street": "הגליל", "house": "27"], "children": [],
    ]

    private func evidence(
        _ exchange: TestExchange, _ concepts: [String], about subject: String = "subject-1", by actor: Actor? = nil,
        parameters: [String: String] = [:]
    ) async throws -> [String: Evidence] {
        let list = try ConceptList(json: try Project.json("Data/concepts.json"))
        return try await TestDatabases.with(.sqlite) { database in
            try await Broker(concepts: list, exchange: exchange, people: TestPeople(), database: database, logger: Logger(label: "test"))
                .evidence(
                    for: concepts, about: subject, actor: actor ?? Actor(kind: .person, id: subject, name: "נועה"), consumerID: "municipality-haifa",
                    purpose: "municipal-tax-discount", basis: .request("draft-1"), caseID: nil, parameters: parameters)
        }
    }

    private static func source(_ operation: String) -> AnswerSource {
        .register(ownerID: "owner-of-\(operation)", operation: operation, agreementID: "agreement", at: TestExchange.at)
    }

    @Test func oneQuestionPerEvidence() async throws {
        let exchange = TestExchange(["population.person": .success(Self.person), "students.status": .success(["fullTime": true])])
        let found = try await evidence(
            exchange, ["person.name", "person.address", "person.birthDate", "household.children", "studies.fullTime"])
        #expect(exchange.asked.map(\.operation).sorted() == ["population.person", "students.status"])
        #expect(exchange.asked.allSatisfy { $0.parameters == ["nationalNumber": "600000012"] && $0.subjectID == "subject-1" })
        #expect(exchange.asked.allSatisfy { $0.basis == .request("draft-1") && $0.purpose == "municipal-tax-discount" })
        let source = Self.source("population.person")
        #expect(found["person.name"] == .known("נועה ברק", source))
        #expect(found["person.address"] == .known(["localityCode": 4000, "locality": "חיפה", "street": "הגליל", "house": "27"], source))
        #expect(found["person.birthDate"] == .known("2004-03-14", source))
        #expect(found["household.children"] == .known([], source))
        #expect(found["studies.fullTime"] == .known(true, Self.source("students.status")))
    }

    @Test func whatTheRegisterDoesNotHaveIsUnknown() async throws {
        let exchange = TestExchange(["population.person": .success(Self.person), "students.status": .success(nil)])
        let found = try await evidence(exchange, ["person.immigrationDate", "studies.status"])
        #expect(found["person.immigrationDate"] == .unknown(ownerID: "owner-of-population.person"))
        #expect(found["studies.status"] == .unknown(ownerID: "owner-of-students.status"))
    }

    @Test(arguments: [ExchangeError.unavailable("down"), .untrusted("lie"), .notCovered("none")])
    func oneRegisterInTroubleDoesNotHideTheOthers(error: ExchangeError) async throws {
        let exchange = TestExchange(["population.person": .success(Self.person), "students.status": .failure(error)])
        let found = try await evidence(exchange, ["person.givenName", "studies.active", "studies.degree"])
        #expect(found["person.givenName"] == .known("נועה", Self.source("population.person")))
        #expect(found["studies.active"] == .unavailable(ownerID: "higher-education"))
        #expect(found["studies.degree"] == .unavailable(ownerID: "higher-education"))
    }

    @Test func parametersOfTheFormArePassedOn() async throws {
        let exchange = TestExchange(["businesses.business": .success(["name": "קפה הסמטה", "activity": ["id": "cafe"]])])
        let found = try await evidence(exchange, ["business.name", "business.activity"], parameters: ["businessNumber": "680000015"])
        #expect(exchange.asked.map(\.parameters) == [["businessNumber": "680000015"]])
        #expect(found["business.activity"] == .known("cafe", Self.source("businesses.business")))
    }

    @Test func theOnlyBusinessNeedsNoNumber() async throws {
        let active: JSON = ["number": "680000015", "status": "active"]
        let closed: JSON = ["number": "690000000", "status": "closed"]
        for (businesses, expected) in [([active, closed], "680000015"), ([active, active], nil), ([closed], nil)] {
            let exchange = TestExchange([
                "businesses.ofSignatory": .success(["businesses": .array(businesses)]),
                "businesses.business": .success(["name": "קפה הסמטה"]),
            ])
            let found = try await evidence(exchange, ["business.name"])
            #expect(exchange.asked.last?.parameters["businessNumber"] == expected)
            let known = Evidence.known("קפה הסמטה", Self.source("businesses.business"))
            #expect(found["business.name"] == (expected == nil ? .unknown(ownerID: "corporations-authority") : known))
        }
        let nobody = TestExchange(["businesses.ofSignatory": .success(nil)])
        try await #expect(evidence(nobody, ["business.name"]) == ["business.name": .unknown(ownerID: "corporations-authority")])
    }

    /// Whose data is asked for is whose list the look stands in: a business's own, however its number was found.
    @Test func everyLookStandsInTheListOfWhomItIsAbout() async throws {
        let answers: [String: Result<JSON?, ExchangeError>] = [
            "businesses.ofSignatory": .success(["businesses": [["number": "680000015", "status": "active"]]]),
            "businesses.business": .success(["name": "קפה הסמטה"]), "population.person": .success(Self.person),
        ]
        func subjects(_ exchange: TestExchange) -> [String: String?] {
            Dictionary(uniqueKeysWithValues: exchange.asked.map { ($0.operation, $0.subjectID) })
        }
        let own = TestExchange(answers)
        _ = try await evidence(own, ["business.name", "person.name"])
        #expect(
            subjects(own) == [
                "businesses.ofSignatory": "subject-1", "businesses.business": "680000015", "population.person": "subject-1",
            ])
        // Acting for the business, whoever the caller says it is about.
        let signer = Actor(kind: .person, id: "subject-1", name: "נועה", capacity: .representative(of: "680000015"))
        for subject in ["680000015", "subject-1"] {
            let acting = TestExchange(answers)
            _ = try await evidence(acting, ["business.name", "person.name"], about: subject, by: signer)
            #expect(subjects(acting) == ["businesses.business": "680000015", "population.person": "subject-1"])
        }
    }

    @Test func strangersAndUnknownConcepts() async throws {
        let exchange = TestExchange(["population.person": .success(Self.person)])
        await #expect(throws: AskOnceError.unknownSubject) { try await evidence(exchange, ["person.name"], about: "nobody") }
        try await #expect(evidence(exchange, ["person.shoeSize"]).isEmpty)
        try await #expect(evidence(exchange, []).isEmpty)
        #expect(exchange.asked.isEmpty)
    }
}

@Suite struct ConceptListTests {
    @Test func theConceptsOfTheCountryAreWhole() throws {
        let list = try ConceptList(json: try Project.json("Data/concepts.json"))
        #expect(list.concepts.count >= 30)
        let operations = Dictionary(
            uniqueKeysWithValues: (try Project.json("Data/agreements.json")["services"]?.array ?? []).flatMap { service in
                (service["operations"]?.array ?? []).map { ($0["id"]?.string ?? "", service["owner"]?.string ?? "") }
            })
        for concept in list.concepts {
            let type = try #require(list.type(of: concept))
            #expect(operations[type.operation] == type.ownerID, "\(concept.id)")
            #expect(concept.name[.he] != nil && concept.name[.en] != nil)
        }
        for needed in [
            "person.name", "person.birthDate", "person.address", "person.maritalStatus", "household.children", "studies.status",
            "business.details",
        ] {
            #expect(list.concept(needed) != nil)
        }
    }

    /// What the forms of a municipality bind to is what its agreements let through.
    @Test func agreementsLetThroughWhatConceptsNeed() throws {
        let list = try ConceptList(json: try Project.json("Data/concepts.json"))
        let pointers = (try Project.json("Data/agreements.json")["agreements"]?.array ?? [])
            .filter { $0["consumers"]?[0] == "municipality-*" }
            .flatMap { ($0["fields"]?.array ?? []).compactMap { $0["pointer"]?.string } }
        for id in [
            "person.name", "person.birthDate", "person.address", "person.maritalStatus", "household.children", "studies.status",
            "studies.active", "business.details",
        ] {
            let concept = try #require(list.concept(id))
            let sources: [JSONPointer] =
                switch concept.mapping {
                case .value(let pointer): [pointer]
                case .join(let many): many
                case .fields(let fields): Array(fields.values)
                }
            for source in sources {
                let text = source.description
                #expect(pointers.contains { $0 == text || $0.hasPrefix(text + "/") }, "\(id) \(text)")
            }
        }
    }

    /// The student's form binds to this one, and it comes from the register of students.
    @Test func theStudentAgreementSaysWhetherSheStudies() throws {
        let agreements = try Project.json("Data/agreements.json")["agreements"]?.array ?? []
        let student = try #require(agreements.first { $0["id"] == "municipal-discount-student" })
        #expect(student["consumers"] == ["municipality-*"] && student["operations"] == ["students.status"])
        #expect(student["fields"]?.array?.contains { $0["pointer"] == "/active" } == true)
    }

    @Test func malformedListsAreRefused() {
        let type: JSON = ["operation": "a.b", "owner": "c", "parameters": [:]]
        for concept: JSON in [
            [:], ["evidence": "none", "name": ["en": "x"], "value": "/a"], ["evidence": "e", "name": ["en": "x"], "value": "a"],
            ["evidence": "e", "name": ["en": "x"], "join": []], ["evidence": "e", "name": ["en": "x"], "fields": ["": "/a"]],
        ] {
            #expect(throws: AskOnceError.malformed("concept x")) {
                try ConceptList(json: ["evidenceTypes": ["e": type], "concepts": ["x": concept]])
            }
        }
        let strange: JSON = ["operation": "a.b", "owner": "c", "parameters": ["x": "y"], "subject": "z"]
        #expect(throws: AskOnceError.malformed("evidence type e: subject")) {
            try ConceptList(json: ["evidenceTypes": ["e": strange], "concepts": [:]])
        }
        #expect(throws: AskOnceError.malformed("no concepts")) { try ConceptList(json: [:]) }
    }
}
