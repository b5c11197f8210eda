import Contracts
import Database
import Language
@testable import Payments
import TestKit
import Testing
import Values
import Web

@Suite struct OpeningTests {
    @Test(arguments: TestDatabases.engines)
    func theSameOrderIsOnePayment(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await stage.open() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(ids).count == 1)
            let other = try await stage.open(Stage.order("0199a000-0000-7000-8000-0000000000bb"))
            #expect(other != ids[0])
            let statuses = try await stage.database.read { try stage.payments.statuses(reference: Stage.order().reference, in: $0) }
            #expect(statuses.map(\.state) == ["created"])
            #expect(statuses[0].amount == Stage.fee)
            #expect(!statuses[0].isFinal && !statuses[0].isPaid)
            #expect(stage.audit.all.contains { entry in
                entry.what == "payment.open" && entry.subjectID == Stage.person && entry.caseID == Stage.order().reference
            })
        }
    }

    @Test(arguments: TestDatabases.engines)
    func anewOneIsOpenedOnlyAfterAFailedOne(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let first = try await stage.begun()
            #expect(try await stage.open() == first)
            stage.acquirer.set(first, "declined", failure: "lost-card")
            try await stage.payments.ask(first)
            let second = try await stage.open()
            #expect(second != first)
            _ = try await stage.payments.begin(second, by: stage.actor, language: .en)
            stage.acquirer.set(second, "captured")
            try await stage.payments.ask(second)
            #expect(try await stage.open() == second)
            #expect(try await stage.told() == ["payment.failed declined", "payment.captured"])
            let statuses = try await stage.database.read { try stage.payments.statuses(reference: Stage.order().reference, in: $0) }
            #expect(statuses.map(\.state) == ["declined", "captured"])
            #expect(statuses.map(\.isPaid) == [false, true])
            #expect(statuses.map(\.isFinal) == [true, true])
        }
    }

    @Test func anotherAmountReplacesAPaymentNobodyHasBegun() async throws {
        try await Stage.with { stage in
            let old = try await stage.open()
            let new = try await stage.open(Stage.order(amount: Money(minorUnits: 50_000)))
            #expect(new != old)
            #expect(try await stage.state(old) == "cancelled")
            #expect(try await stage.told() == [])
            _ = try await stage.payments.begin(new, by: stage.actor, language: .he)
            #expect(try await stage.open() == new)
        }
    }

    /// The fee of a request that was sent by mandate is the person's; whoever acts for her pays what her mandate lets her do, and no more
    /// when it has ended.
    @Test(arguments: TestDatabases.engines)
    func whoActsForAnotherPaysWhatTheMandateCovers(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let order = PaymentOrder(
                reference: UUIDv7.next(), product: "fee", payerID: Stage.person, bodyID: "haifa", amount: Stage.fee,
                description: LocalizedText([.he: "אגרה", .en: "Fee"]), returnPath: "/me/cases/x", serviceID: "licence")
            let id = try await stage.open(order)
            let plain = try await stage.open()
            func sees(_ id: String, _ services: Set<String>?, mayAct: Bool = true, principal: String = Stage.person) async throws -> Bool {
                let mandate = Mandate(id: "m", principalID: principal, services: services, mayAct: mayAct)
                let actor = Web.Actor(kind: .person, id: "attorney", name: "A", assurance: .substantial, capacity: .attorney(mandate))
                return try await stage.database.read { try stage.payments.store.find(id, of: actor, in: $0) } != nil
            }
            #expect(try await sees(id, nil))
            #expect(try await sees(id, ["licence"]))
            #expect(try await !sees(id, ["other"]))
            #expect(try await !sees(id, nil, mayAct: false))
            #expect(try await !sees(id, nil, principal: "somebody"))
            #expect(try await !sees(plain, nil), "a payment for no service is nobody's but hers")
            let own = Web.Actor(kind: .person, id: "attorney", name: "A", assurance: .substantial)
            #expect(try await stage.database.read { try stage.payments.store.find(id, of: own, in: $0) } == nil)
            #expect(try await stage.database.read { try stage.payments.store.find(id, of: stage.actor, in: $0) } != nil)
        }
    }
}
