@testable import Spine
import Contracts
import HTTPTypes
import TestKit
import Testing
import Values
import Web

/// The decision over HTTP, as AuthZEN's Authorization API 1.0 writes it.
@Suite struct DecisionPointTests {
    private struct Desk {
        let dispatcher: Dispatcher

        func ask(_ path: String, _ question: JSON, token: String? = Chain.token, id: String? = nil) async -> (status: Int, json: JSON, id: String?) {
            var headers: HTTPFields = [.contentType: "application/json"]
            if let token { headers[.authorization] = "Bearer \(token)" }
            let name = HTTPField.Name("X-Request-ID")!
            if let id { headers[name] = id }
            let reply = await dispatcher.answer(Incoming(.post, path, headers: headers, body: question.bytes))
            return (reply.status, (try? JSON.parse(reply.body)) ?? .null, reply.headers[name])
        }

        func evaluate(_ change: (inout JSON) -> Void = { _ in }) async -> JSON {
            var question = DecisionPointTests.question
            change(&question)
            return await ask("/access/v1/evaluation", question).json
        }
    }

    private static let question: JSON = [
        "subject": ["type": "body", "id": "municipality-haifa"], "action": ["name": "ask"], "resource": ["type": "operation", "id": "population.person"],
        "context": [
            "purpose": "municipal-tax-discount", "basis": ["kind": "request", "reference": "r"], "actor": ["kind": "person", "credential": 2, "proof": 2],
        ],
    ]

    private func with(_ body: @Sendable (Desk, Chain) async throws -> Void) async throws {
        try await Chain.with { chain in
            try await body(Desk(dispatcher: try Loopback.dispatcher(chain.consumer.routes, chain.clock)), chain)
        }
    }

    @Test func anAgreementPermitsAndNamesItsFields() async throws {
        try await with { desk, _ in
            let answer = await desk.evaluate()
            #expect(answer["decision"] == true && answer["context"]?["agreement"]?["id"]?.string == "municipal-discount-person.municipality-haifa")
            #expect(answer["context"]?["fields"]?.array?.isEmpty == false)
            func reason(_ change: (inout JSON) -> Void) async -> String? {
                let answer = await desk.evaluate(change)
                return answer["decision"] == false ? answer["context"]?["reason"]?.string : "permitted"
            }
            #expect(await reason { $0["context"]?["purpose"] = "curiosity" } == "other-purpose")
            #expect(await reason { $0["subject"]?["id"] = "police" } == "no-agreement")
            #expect(await reason { $0["subject"]?["type"] = "user" } == "no-agreement")
            #expect(await reason { $0["action"]?["name"] = "delete" } == "no-agreement")
            #expect(await reason { $0["resource"]?["id"] = "cars.car" } == "no-agreement")
            #expect(await reason { $0["context"]?["actor"]?["credential"] = 1 } == "assurance-too-low")
            #expect(await reason { $0["context"]?["actor"]?["kind"] = "officer" } == "other-actor")
            #expect(await reason { $0["context"]?["basis"] = nil } == "purpose-or-basis-missing")
            #expect(await reason { $0["context"] = nil } == "purpose-or-basis-missing")
        }
    }

    @Test func whatCannotBeReadOrTrustedIsSaid() async throws {
        try await with { desk, _ in
            for path in ["evaluation", "evaluations", "search/subject", "search/resource", "search/action"] {
                #expect(await desk.ask("/access/v1/\(path)", Self.question, token: nil).status == 401)
                #expect(await desk.ask("/access/v1/\(path)", [:]).status == 400)
                #expect(await desk.ask("/access/v1/\(path)", "text").status == 400)
            }
            for member in ["subject", "action", "resource"] {
                var question = Self.question
                question[member] = nil
                #expect(await desk.ask("/access/v1/evaluation", question).status == 400)
            }
            #expect(await desk.ask("/access/v1/evaluation", Self.question, id: "abc-1").id == "abc-1")
        }
    }

    @Test func severalQuestionsTakeWhatTheyLackFromTheWhole() async throws {
        try await with { desk, _ in
            var whole = Self.question
            whole["resource"] = nil
            let (yes, no, odd): (JSON, JSON, JSON) = (
                ["resource": ["type": "operation", "id": "population.person"]], ["resource": ["type": "operation", "id": "cars.car"]], ["resource": ["type": "x"]]
            )
            func decisions(_ list: [JSON], _ semantic: String?) async -> [Bool?] {
                var question = whole
                question["evaluations"] = .array(list)
                if let semantic { question["options"] = ["evaluations_semantic": .string(semantic)] }
                return await desk.ask("/access/v1/evaluations", question).json["evaluations"]?.array?.map { $0["decision"]?.bool } ?? []
            }
            #expect(await decisions([yes, no, odd, yes], nil) == [true, false, false, true])
            #expect(await decisions([yes, no, yes], "deny_on_first_deny") == [true, false])
            #expect(await decisions([no, yes, no], "permit_on_first_permit") == [false, true])
            #expect(await decisions([yes], "nonsense") == [])
            #expect(await decisions(["text", 1, [yes], .null, yes], nil) == [false, false, false, false, true], "no question, no permit")
            let single = Self.question
            #expect(await desk.ask("/access/v1/evaluations", single).json["decision"] == true, "without a list it is one question")
            var many = whole
            many["evaluations"] = .array(Array(repeating: yes, count: DecisionPoint.batchMax + 1))
            #expect(await desk.ask("/access/v1/evaluations", many).status == 400)
        }
    }

    @Test func searchesFindWhatAnEvaluationPermits() async throws {
        try await with { desk, chain in
            var question = Self.question
            question["resource"]?["id"] = nil
            let resources = await desk.ask("/access/v1/search/resource", question).json["results"]?.array ?? []
            #expect(resources.contains(["type": "operation", "id": "population.person"]))
            for found in resources {
                let permitted = await desk.evaluate { asked in
                    asked["resource"] = found
                }
                #expect(permitted["decision"] == true)
            }
            question["resource"]?["id"] = "population.person"
            question["subject"]?["id"] = nil
            let subjects = await desk.ask("/access/v1/search/subject", question).json
            #expect(subjects["results"]?.array == [["type": "body", "id": "municipality-haifa"]] && subjects["page"]?["next_token"] == "")
            question["context"] = nil
            let all = await desk.ask("/access/v1/search/subject", question).json["results"]?.array ?? []
            #expect(all.contains(["type": "body", "id": "digital-authority"]), "without a purpose: who may ask at all")
            question["page"] = ["limit": 1]
            let first = await desk.ask("/access/v1/search/subject", question).json
            question["page"] = ["limit": 1, "token": first["page"]?["next_token"] ?? ""]
            let second = await desk.ask("/access/v1/search/subject", question).json
            #expect(first["results"]?.array?.count == 1 && second["results"]?.array?.count == 1 && first["results"] != second["results"])
            question["page"] = ["token": "999"]
            #expect(await desk.ask("/access/v1/search/subject", question).status == 400)
            var action = Self.question
            action["action"] = nil
            #expect(await desk.ask("/access/v1/search/action", action).json["results"] == [["name": "ask"]])
            // What is suspended is permitted no more, within two seconds.
            try await chain.spine.setStatus(.suspended, of: "municipal-discount-person.municipality-haifa")
            chain.clock.advance(seconds: 2)
            #expect(await desk.ask("/access/v1/search/action", action).json["results"] == [])
        }
    }

    @Test func theMetadataSaysWhereToAsk() async throws {
        try await with { desk, chain in
            let reply = await desk.dispatcher.answer(Incoming(.get, "/.well-known/authzen-configuration"))
            let metadata = try JSON.parse(reply.body)
            #expect(reply.status == 200 && metadata["policy_decision_point"]?.string == chain.consumerURL)
            for name in ["access_evaluation", "access_evaluations", "search_subject", "search_resource", "search_action"] {
                #expect(metadata["\(name)_endpoint"]?.string?.hasPrefix("\(chain.consumerURL)/access/v1/") == true)
            }
        }
    }
}
