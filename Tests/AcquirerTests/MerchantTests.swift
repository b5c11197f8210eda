@testable import Acquirer
import Database
import HTTPTypes
import JSONSchema
import TestKit
import Testing
import Values
import Web

@Suite struct MerchantTests {
    @Test(arguments: TestDatabases.engines)
    func theSameKeyIsTheSameAnswerAndAnotherBodyIsRefused(engine: TestEngine) async throws {
        try await Office.with(engine) { office in
            let answers = await withTaskGroup(of: (status: Int, json: JSON).self) { group in
                for _ in 0..<8 { group.addTask { await office.call(.post, "/v1/payments", Office.order(), key: "k") } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let first = answers[0]
            for answer in answers { #expect(answer.status == 201 && answer.json == first.json) }
            let again = await office.call(.post, "/v1/payments", Office.order(), key: "k")
            #expect(again.status == 201 && again.json == first.json)
            #expect(await office.call(.post, "/v1/payments", Office.order(amount: 1), key: "k").status == 409)
            #expect(await office.call(.get, "/v1/payments?reference=order-1").json["payments"]?.array?.count == 1)
            // Another merchant's keys are its own.
            let other = await office.call(.post, "/v1/payments", Office.order(), key: "k", merchant: "other")
            #expect(other.status == 201 && other.json["id"] != first.json["id"])
        }
    }

    @Test func everyChangeNeedsAKeyAndAMerchant() async throws {
        try await Office.with { office in
            let (id, _) = try await office.opened()
            #expect(await office.call(.post, "/v1/payments", Office.order()).status == 400)
            #expect(await office.call(.post, "/v1/payments", Office.order(), key: String(repeating: "k", count: 129)).status == 400)
            for path in ["/v1/payments/\(id)", "/v1/payments?reference=order-1", "/v1/settlements/2027-01-15"] {
                #expect(await office.call(.get, path, merchant: "nobody").status == 401, "\(path)")
            }
            #expect(await office.call(.get, "/v1/payments/\(id)", merchant: "other").status == 404)
            #expect(await office.call(.post, "/v1/payments/\(id)/cancel", [:], key: "x", merchant: "other").status == 404)
            #expect(await office.call(.get, "/v1/payments").status == 422)
            #expect(await office.call(.get, "/v1/payments/nonsense").status == 404)
        }
    }

    @Test func refusesOrdersThatAreNotRight() async throws {
        try await Office.with { office in
            func status(_ change: (inout JSON) -> Void) async -> Int {
                var order = Office.order()
                change(&order)
                return await office.call(.post, "/v1/payments", order, key: "one").status
            }
            #expect(await status { $0["amount"] = 0 } == 422)
            #expect(await status { $0["amount"] = "12" } == 422)
            #expect(await status { $0["amount"] = .int(.max) } == 422)
            #expect(await status { $0["currency"] = "XXX" } == 422)
            #expect(await status { $0["card"] = "4580000000000000" } == 422)
            #expect(await status { $0["reference"] = nil } == 422)
            for elsewhere in ["http://evil.test/back", "http://shop.test.evil.test/", "javascript:alert(1)", "http://shop.test/\u{5D0}"] {
                #expect(await status { $0["returnUrl"] = .string(elsewhere) } == 422, "\(elsewhere)")
            }
            #expect(await office.call(.get, "/v1/payments?reference=order-1").json["payments"]?.array?.isEmpty == true)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func moneyIsTakenAndGivenBackOnceAndTheDayAddsUp(engine: TestEngine) async throws {
        try await Office.with(engine) { office in
            let (id, page) = try await office.paid(.approved, capture: "manual")
            #expect(page.status == 303 && page.location == "http://shop.test/back?x=1")
            #expect(await office.state(id) == "authorised")
            for _ in 0..<3 { #expect(await office.call(.post, "/v1/payments/\(id)/capture", ["amount": 37_400], key: "c").status == 200) }
            #expect(await office.call(.post, "/v1/payments/\(id)/refunds", ["amount": 37_401], key: "r0").status == 412)
            for _ in 0..<3 { #expect(await office.call(.post, "/v1/payments/\(id)/refunds", ["amount": 400], key: "r1").status == 200) }
            #expect(await office.call(.post, "/v1/payments/\(id)/refunds", ["amount": 37_001], key: "r2").status == 412)
            #expect(await office.state(id) == "partially-refunded")
            #expect(await office.call(.post, "/v1/payments/\(id)/cancel", [:], key: "x").status == 409)
            let day = await office.call(.get, "/v1/settlements/2027-01-15").json
            #expect(day["totals"] == ["captured": 37_400, "refunded": 400, "fees": 299, "payout": 36_701])
            #expect(day["lines"]?.array?.map { $0["kind"]?.string } == ["capture", "refund"])
            #expect(await office.call(.get, "/v1/settlements/2027-01-16").json["lines"] == [])
            #expect(await office.call(.get, "/v1/settlements/2027-01-15", merchant: "other").json["lines"] == [])
            #expect(await office.call(.get, "/v1/settlements/tomorrow").status == 404)
            let file = await office.dispatcher.answer(
                Incoming(.get, "/v1/settlements/2027-01-15/file", headers: [.authorization: "Bearer key of shop"]))
            let lines = String(decoding: file.body, as: UTF8.self).split(separator: "\r\n")
            #expect(lines.count == 3 && lines[1].contains("\"order-1\",capture,37400,299,ILS,2027-01-15T08:00:00Z"))
        }
    }

    @Test func theDocumentDescribesEveryOperation() async throws {
        try await Office.with { office in
            let document = OpenAPI.document(title: "Acquirer", version: "1", office.dispatcher.table)
            let paths = try #require(document["paths"]?.object)
            for path in ["", "/{id}", "/{id}/capture", "/{id}/cancel", "/{id}/refunds"] {
                #expect(paths["/v1/payments\(path)"] != nil, "\(path)")
            }
            let (id, _) = try await office.opened()
            let payment = await office.call(.get, "/v1/payments/\(id)").json
            #expect(try JSONSchema(AcquirerSchemas.payment).faults(in: payment).isEmpty)
        }
    }
}
