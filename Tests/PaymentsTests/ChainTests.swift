@testable import Acquirer
import Contracts
import Database
import Jobs
@testable import Payments
import TestKit
import Testing
import Trust
import Values
import Web

/// The whole way of a payment between two processes' worth of servers: our pages, the hosted page, the bank's challenge, notifications.
@Suite(.serialized) struct ChainTests {
    private func open(_ chain: Loopback) async throws -> String {
        try await chain.database.write { try chain.payments.open(Stage.order(), in: $0) }
    }

    /// From our page to the hosted page and through its form; answers where the acquirer sends the person.
    private func pay(_ chain: Loopback, _ id: String, _ behaviour: TestCard.Behaviour) async throws -> Browser.Page {
        let card = try #require(TestCard.all.first { $0.behaviour == behaviour })
        _ = await chain.person.get("/he/pay/\(id)")
        let away = await chain.person.post("/he/pay/\(id)")
        #expect(away.location.hasPrefix(chain.payments.formTargets[0] + "/he/checkout/"), "\(away.status) \(away.location)")
        let checkout = "/" + away.location.split(separator: "/").dropFirst(2).joined(separator: "/")
        let page = await chain.payer.get(checkout)
        #expect(page.status == 200 && page.text.contains("אגרת רישיון עסק"))
        return await chain.payer.post(checkout, [("number", card.grouped), ("expiry", "12/39"), ("code", "123"), ("name", "Dana Levi")])
    }

    private func told(_ chain: Loopback) async throws -> [String] {
        try await chain.database.read { try $0.query("SELECT type FROM jobs_event ORDER BY at, id", []) { try $0.text(0) } }
    }

    private func state(_ chain: Loopback, _ id: String) async throws -> String? {
        try await chain.database.read { try chain.payments.store.find(id, in: $0)?.state }
    }

    @Test(arguments: TestDatabases.engines)
    func paidAfterTheBanksChallenge(engine: TestEngine) async throws {
        try await Loopback.with(engine) { chain in
            let id = try await open(chain)
            let bank = try await pay(chain, id, .challenge)
            #expect(bank.status == 303 && bank.location.hasSuffix("/challenge"))
            #expect(await chain.payer.get(bank.location).text.contains("3-D Secure") == false)
            let wrong = await chain.payer.post(bank.location, [("code", "000000")])
            #expect(wrong.status == 422)
            let right = await chain.payer.post(bank.location, [("code", "123456")])
            #expect(right.status == 303 && right.location.hasSuffix("/he/pay/\(id)/return"))
            let back = await chain.person.get("/he/pay/\(id)/return?result=declined")
            #expect(back.status == 200 && back.text.contains("התשלום התקבל"))
            // The notifications arrive after the person does, and change nothing.
            try await chain.acquirer.tick()
            try await chain.worker.runUntilIdle()
            #expect(try await told(chain) == ["payment.captured"])
            let left = try await chain.acquirer.database.read { connection in
                try connection.first("SELECT count(*) FROM acquirer_notice WHERE arrived_at IS NULL") { try $0.int(0) }
            }
            #expect(left == 0)
        }
    }

    @Test func declinedThenPaidWithAnotherCard() async throws {
        try await Loopback.with(.sqlite) { chain in
            let id = try await open(chain)
            #expect(try await pay(chain, id, .lostCard).status == 303)
            let back = await chain.person.get("/en/pay/\(id)/return")
            #expect(back.text.contains("reported lost or stolen"))
            let next = await chain.person.post("/en/pay/\(id)/again")
            let second = String(next.location.split(separator: "/").last ?? "")
            #expect(second != id)
            #expect(try await pay(chain, second, .approved).status == 303)
            #expect(await chain.person.get("/en/pay/\(second)/return").text.contains("Your payment was received"))
            #expect(try await told(chain) == ["payment.failed", "payment.captured"])
        }
    }

    @Test func abandonedExpiresWhenTheAcquirerSaysSo() async throws {
        try await Loopback.with(.sqlite) { chain in
            let id = try await open(chain)
            _ = await chain.person.get("/he/pay/\(id)")
            _ = await chain.person.post("/he/pay/\(id)")
            chain.hand.move(seconds: 1_700)
            try await chain.worker.runClocks()
            #expect(try await state(chain, id) == "started")
            chain.hand.move(seconds: 200)
            try await chain.acquirer.tick()
            // The notification is enough; no clock is needed.
            try await chain.worker.runUntilIdle()
            #expect(try await state(chain, id) == "expired")
        }
    }

    @Test func lateDuplicateAndDelayedAnswersEndWell() async throws {
        let waits: [(TestCard.Behaviour, Int64)] = [(.late, 60), (.duplicateNotices, 0), (.delayedNotices, 80), (.pending, 20)]
        for (behaviour, seconds) in waits {
            try await Loopback.with(.sqlite) { chain in
                let id = try await open(chain)
                #expect(try await pay(chain, id, behaviour).status == 303)
                try await chain.acquirer.tick()
                try await chain.worker.runUntilIdle()
                chain.hand.move(seconds: seconds)
                try await chain.acquirer.tick()
                try await chain.worker.runUntilIdle()
                #expect(try await state(chain, id) == "captured", "\(behaviour)")
                #expect(try await told(chain).filter { $0 == "payment.captured" }.count == 1, "\(behaviour)")
                let notifications = try await chain.database.read { connection in
                    try connection.first("SELECT count(*) FROM payments_notification") { try $0.int(0) }
                }
                let copies = try await chain.acquirer.database.read { connection in
                    try connection.first("SELECT count(*) FROM acquirer_notice WHERE arrived_at IS NOT NULL") { try $0.int(0) }
                }
                #expect(notifications == (behaviour == .duplicateNotices ? 1 : 2), "\(behaviour)")
                #expect(copies == (behaviour == .duplicateNotices ? 3 : 2), "\(behaviour)")
            }
        }
    }

    @Test func theSecondPaymentOfAnOrderIsGivenBackAtTheAcquirer() async throws {
        try await Loopback.with(.sqlite) { chain in
            let late = try await open(chain)
            _ = try await pay(chain, late, .late)
            _ = await chain.person.get("/en/pay/\(late)/return")
            let second = try await open(chain)
            _ = try await pay(chain, second, .approved)
            _ = await chain.person.get("/en/pay/\(second)/return")
            chain.hand.move(seconds: 60)
            try await chain.acquirer.tick()
            try await chain.worker.runUntilIdle()
            #expect(try await state(chain, late) == "refunded")
            #expect(try await state(chain, second) == "captured")
            let day = try await chain.acquirer.database.read { connection in
                try connection.query("SELECT kind, amount_minor FROM acquirer_movement ORDER BY at, id", []) {
                    "\(try $0.text(0)) \(try $0.int(1))"
                }
            }
            #expect(day == ["capture 37400", "capture 37400", "refund 37400"])
        }
    }

    @Test func aNotificationSignedBySomebodyElseIsRefused() async throws {
        try await Loopback.with(.sqlite) { chain in
            let id = try await open(chain)
            _ = try await pay(chain, id, .approved)
            var settings = chain.acquirer.settings
            settings.key = .generate()
            let forger = NoticeSender(
                database: chain.acquirer.database, settings: settings, client: chain.acquirer.sender.client, logger: quiet)
            try await forger.sendDue(at: chain.hand.now)
            let known = try await chain.database.read { connection in
                try connection.first("SELECT count(*) FROM payments_notification") { try $0.int(0) }
            }
            #expect(known == 0)
            // What was refused is tried again, and the real one is taken in.
            chain.hand.move(seconds: 5)
            try await chain.acquirer.tick()
            try await chain.worker.runUntilIdle()
            #expect(try await state(chain, id) == "captured")
        }
    }
}
