import Contracts
import Database
import HTTPTypes
import Jobs
import Language
@testable import Payments
import TestKit
import Testing
import Values
import Web

@Suite struct PageTests {
    @Test func aPersonPaysAndSeesTheReceiptInEveryLanguage() async throws {
        for language in Language.allCases {
            try await Stage.with { stage in
                let browser = Browser(try stage.dispatcher(), session: Stage.person)
                let id = try await stage.open()
                let path = "/\(language.rawValue)/pay/\(id)"
                let first = await browser.get(path)
                #expect(first.status == 200 && first.text.contains("374.00") || first.text.contains("374,00"), "\(language)")
                #expect(first.headers[.contentSecurityPolicy]?.contains("form-action 'self' http://acquirer.test;") == true)
                let away = await browser.post(path)
                #expect(away.status == 303 && away.location == "http://acquirer.test/he/checkout/\(id)")
                stage.acquirer.set(id, "captured")
                let back = await browser.get("\(path)/return")
                #expect(back.text.contains(stage.payments.site.catalogue.text("payments.paid.title", in: language)), "\(language)")
                #expect(back.text.contains("/\(language.rawValue)/me/cases/\(Stage.order().reference)"))
                let receipt = await browser.get("/\(language.rawValue)/me/payments/\(id)")
                #expect(receipt.status == 200 && receipt.text.contains("0018"))
                #expect(receipt.text.contains(String(id.suffix(12)).uppercased()))
                let list = await browser.get("/\(language.rawValue)/me/payments")
                #expect(list.text.contains("/\(language.rawValue)/me/payments/\(id)"))
                for page in [first, back, receipt, list] {
                    #expect(!page.text.contains("⟦") && page.text.utf8.count < 60_000, "\(language)")
                }
            }
        }
    }

    @Test func theAddressProvesNothing() async throws {
        try await Stage.with { stage in
            let browser = Browser(try stage.dispatcher(), session: Stage.person)
            let id = try await stage.begun()
            let page = await browser.get("/en/pay/\(id)/return?state=captured&paid=true")
            #expect(page.text.contains("The payment is not finished"))
            #expect(try await stage.state(id) == "started")
        }
    }

    @Test func aDeclinedPaymentSaysWhyAndOffersAnotherTry() async throws {
        try await Stage.with { stage in
            let browser = Browser(try stage.dispatcher(), session: Stage.person)
            let id = try await stage.begun()
            stage.acquirer.set(id, "declined", failure: "insufficient-funds")
            let page = await browser.get("/en/pay/\(id)/return")
            #expect(page.text.contains("There is not enough money on the card"))
            let again = await browser.post("/en/pay/\(id)/again")
            #expect(again.status == 303 && again.location != "/en/pay/\(id)")
            #expect(await browser.get(again.location).text.contains("Continue to payment"))
            // The second press of "try again" leads to the same new payment.
            _ = await browser.get("/en/pay/\(id)")
            #expect(await browser.post("/en/pay/\(id)/again").location == again.location)
        }
    }

    @Test func whileTheBankOrTheAcquirerIsSilentThePersonIsToldToWait() async throws {
        try await Stage.with { stage in
            let browser = Browser(try stage.dispatcher(), session: Stage.person)
            let id = try await stage.begun()
            stage.acquirer.set(id, "pending")
            let pending = await browser.get("/en/pay/\(id)/return")
            #expect(pending.text.contains("Do not pay again") && pending.text.contains("/en/pay/\(id)/return"))
            stage.acquirer.set(id, "captured")
            stage.acquirer.trouble = .down
            let silent = await browser.get("/en/pay/\(id)/return")
            #expect(silent.status == 200 && silent.text.contains("Do not pay again"))
            stage.acquirer.trouble = .none
            #expect(await browser.get("/en/pay/\(id)/return").text.contains("Your payment was received"))
        }
    }

    @Test func whenTheAcquirerIsDownNothingIsLostAndThePageSaysSo() async throws {
        try await Stage.with { stage in
            let browser = Browser(try stage.dispatcher(), session: Stage.person)
            let id = try await stage.open()
            _ = await browser.get("/en/pay/\(id)")
            stage.acquirer.trouble = .down
            let page = await browser.post("/en/pay/\(id)")
            #expect(page.status == 503 && page.text.contains("You were not charged"))
            stage.acquirer.trouble = .none
            _ = await browser.get("/en/pay/\(id)")
            #expect(await browser.post("/en/pay/\(id)").status == 303)
        }
    }

    @Test func othersPaymentsDoNotExistAndStrangersMustSignIn() async throws {
        try await Stage.with { stage in
            let id = try await stage.open()
            let other = Browser(try stage.dispatcher(), session: "0199a000-0000-7000-8000-000000000002")
            for path in ["/en/pay/\(id)", "/en/pay/\(id)/return", "/en/me/payments/\(id)", "/en/pay/nonsense"] {
                #expect(await other.get(path).status == 404, "\(path)")
            }
            _ = await other.get("/en/me/payments")
            let posted = await other.post("/en/pay/\(id)/cancel")
            #expect([403, 404].contains(posted.status))
            #expect(try await stage.state(id) == "created")
            let stranger = await Browser(try stage.dispatcher()).get("/en/pay/\(id)")
            #expect(stranger.status == 303 && stranger.location.hasPrefix("/en/sign-in?next="))
        }
    }

    @Test func thePersonalZoneShowsWhatToPay() async throws {
        try await Stage.with { stage in
            let id = try await stage.open()
            let items = try await stage.database.read { connection in
                try stage.payments.zoneSection.items(for: stage.actor, language: .en, limit: 3, in: connection)
            }
            #expect(items.map(\.href) == ["/pay/\(id)"])
            #expect(items[0].needsAction && items[0].title == "Business licence fee" && items[0].status == "To pay")
        }
    }

    @Test func everyTextIsThereInFiveLanguages() throws {
        #expect(try paymentSite().catalogue.problems().filter { $0.key.hasPrefix("payments.") } == [])
        let site = try paymentSite()
        for state in try paymentGraph().states.keys { #expect(site.catalogue.has("payments.state.\(state)", in: .he), "\(state)") }
        for failure in AcquirerReport.failures { #expect(site.catalogue.has("payments.failure.\(failure)", in: .he), "\(failure)") }
    }
}
