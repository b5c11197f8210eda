@testable import Acquirer
import Database
import Foundation
import HTTPTypes
import Language
import TestKit
import Testing
import Trust
import Values
import Web

@Suite struct CheckoutTests {
    @Test func theHostedPageSpeaksFiveLanguagesAndHasItsOwnLook() async throws {
        try await Office.with { office in
            let (_, path) = try await office.opened()
            for language in Language.allCases {
                let page = await Payer(office.dispatcher).get("/\(language.rawValue)" + path.dropFirst(3))
                #expect(page.status == 200 && page.text.contains("dir=\"\(language.direction)\""))
                #expect(page.text.contains("acquirer.css") && !page.text.contains("zamin.css") && !page.text.contains("⟦"))
                for card in TestCard.all { #expect(page.text.contains(card.grouped)) }
                #expect(page.policy.contains("form-action 'self' http://shop.test;"))
                #expect(page.text.utf8.count < 60_000)
            }
            #expect(await Payer(office.dispatcher).get("/he").status == 200)
            #expect(await Payer(office.dispatcher).get("/he/checkout/nonsense").status == 404)
        }
    }

    @Test func whatWasTypedWrongIsSaidAndTheNumberIsNotGivenBack() async throws {
        try await Office.with { office in
            let (id, path) = try await office.opened()
            let payer = Payer(office.dispatcher)
            _ = await payer.get(path)
            let page = await payer.post(
                path, [("number", "4580000000000001"), ("expiry", "01/20"), ("code", "777"), ("name", "<b>Dana</b>")])
            #expect(page.status == 422)
            for text in ["The card number is not right", "The card has expired", "&lt;b&gt;Dana"] {
                #expect(page.text.contains(text), "\(text)")
            }
            #expect(!page.text.contains("4580000000000001") && !page.text.contains("777"))
            let real = await payer.post(path, [("number", "4111111111111111"), ("expiry", "01/30"), ("code", "123"), ("name", "Dana")])
            #expect(real.status == 422 && real.text.contains("Only a test card"))
            #expect(await office.state(id) == "open")
            // A form from elsewhere, without the token.
            #expect(await Payer(office.dispatcher).post(path, try Office.card(.approved)).status == 403)
        }
    }

    @Test func aChallengeIsAnsweredAndThreeWrongCodesEndIt() async throws {
        try await Office.with { office in
            for (codes, state) in [(["1", "123456"], "captured"), (["1", "2", "3"], "declined")] {
                let (id, path) = try await office.opened(state)
                let payer = Payer(office.dispatcher)
                _ = await payer.get(path)
                let bank = await payer.post(path, try Office.card(.challenge))
                #expect(bank.location == "\(path)/challenge")
                #expect(await payer.get(path).location == "\(path)/challenge")
                var last = await payer.get("\(path)/challenge")
                for code in codes { last = await payer.post("\(path)/challenge", [("code", code)]) }
                #expect(last.status == 303 && last.location == "http://shop.test/back?x=1")
                #expect(await office.state(id) == state)
            }
        }
    }

    @Test func payingTwiceFromTwoTabsPaysOnceAndAClosedPageLeadsBack() async throws {
        try await Office.with { office in
            let (id, path) = try await office.opened()
            let tabs = [Payer(office.dispatcher), Payer(office.dispatcher)]
            for tab in tabs { _ = await tab.get(path) }
            let card = try Office.card(.approved)
            for tab in tabs { #expect(await tab.post(path, card).location == "http://shop.test/back?x=1") }
            #expect(await office.state(id) == "captured")
            #expect(await office.call(.get, "/v1/settlements/2027-01-15").json["lines"]?.array?.count == 1)
            let closed = await tabs[0].get(path)
            #expect(closed.status == 200 && closed.text.contains("This payment is closed"))
            #expect(closed.text.contains("http://shop.test/back?x=1"))
            #expect(await tabs[1].get("\(path)/challenge").text.contains("This payment is closed"))
        }
    }

    @Test func givingUpCancelsAndTimeExpires() async throws {
        try await Office.with { office in
            let (id, path) = try await office.opened()
            let payer = Payer(office.dispatcher)
            _ = await payer.get(path)
            #expect(await payer.post("\(path)/cancel").location == "http://shop.test/back?x=1")
            #expect(await office.state(id) == "cancelled")
            let (left, page) = try await office.opened("order-2")
            office.hand.move(seconds: 1_801)
            // The page knows before the clock does.
            #expect(await Payer(office.dispatcher).get(page).text.contains("This payment is closed"))
            #expect(await office.state(left) == "expired")
            let (idle, _) = try await office.opened("order-3")
            office.hand.move(seconds: 1_801)
            try await office.acquirer.tick()
            #expect(await office.state(idle) == "expired")
        }
    }

    @Test func noCardNumberIsEverWrittenDown() async throws {
        try await TestDatabases.withFolder { folder in
            let hand = Hand()
            let merchant = Merchant(
                id: "shop", name: LocalizedText([.he: "חנות"]), apiKey: "key of shop", notificationURL: "http://127.0.0.1:9/n",
                returnOrigins: ["http://shop.test"])
            let settings = AcquirerSettings(
                dataFolder: folder, resources: rooms, baseURL: "http://acquirer.test", key: .generate(), merchants: [merchant],
                clock: hand.source)
            let acquirer = try await Acquirer.open(settings, site: try acquirerSite(), logger: quiet)
            let dispatcher = try Dispatcher(
                routes: acquirer.routes, site: acquirer.site, authenticator: acquirer.authenticator,
                settings: .init(rates: .unlimited, clock: hand.source, formKey: .init(bytes: [1])), logger: quiet)
            let office = Office(acquirer: acquirer, dispatcher: dispatcher, hand: hand)
            for behaviour in TestCard.Behaviour.allCases { _ = try await office.paid(behaviour, behaviour.rawValue) }
            await acquirer.close()
            for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)")), as: UTF8.self)
                for card in TestCard.all { #expect(!text.contains(card.number) && !text.contains(card.grouped), "\(file)") }
            }
        }
    }

    @Test func everyTextIsThereInFiveLanguages() throws {
        #expect(try acquirerSite().catalogue.problems().filter { $0.key.hasPrefix("acquirer.") } == [])
    }
}
