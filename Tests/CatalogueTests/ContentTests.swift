@testable import Catalogue
import Contracts
import Foundation
import Language
import Testing

/// What the project's own content promises.
@Suite struct ContentTests {
    /// A service without a form is done at its body: its texts do not promise what this site would do.
    @Test func servicesOfOthersPromiseNothingHere() throws {
        let ours: [Language: String] = [
            .he: "אנחנו (מקבלים|מביאים|בודקים|מצרפים|מאתרים)|באזור האישי\\.?$",
            .en: "\\b[Ww]e (fetch|check|add|find|pass)\\b|your personal zone|personal area", .ar: "نحصل علي",
            .ru: "мы (получаем|проверяем|запрашиваем)|[Вв] личном кабинете\\.?$",
            .fr: "nous (l'|les )?(obtenons|vérifions)|votre espace personnel",
        ]
        for service in try DemoCountry.content().services where service.formID == nil {
            for (language, pattern) in ours {
                let texts = service.evidence[language] + service.steps[language] + service.channels.compactMap { $0.text[language] }
                for text in texts {
                    #expect(text.range(of: pattern, options: .regularExpression) == nil, "\(service.id) \(language): \(text)")
                }
            }
        }
    }

    @Test func everyServiceSaysWhereItIsDone() throws {
        for service in try DemoCountry.content().services {
            #expect(service.formID != nil || service.link?.hasPrefix("https://") == true, "\(service.id)")
        }
    }

    /// Step by step means all of them: no service of a life event stands outside its steps.
    @Test func lifeEventsNameAllTheirServices() throws {
        let content = try DemoCountry.content()
        for event in content.lifeEvents {
            let own = Set(content.services.filter { $0.lifeEventIDs.contains(event.id) }.map(\.id))
            #expect(Set(event.steps) == own, "\(event.id): \(own.symmetricDifference(event.steps).sorted())")
        }
    }

    /// A year in a text that is not a law's grows old.
    @Test func noTextIsOfOneYear() throws {
        for service in try DemoCountry.content().services {
            for language in Language.allCases {
                let texts = service.who[language] + service.evidence[language] + service.steps[language]
                    + [service.summary, service.cost.text, service.time.text].compactMap { $0[language] }
                for text in texts { #expect(text.range(of: "\\b20[0-9]{2}\\b", options: .regularExpression) == nil, "\(service.id): \(text)") }
            }
        }
    }

    /// One name for one thing in English.
    @Test func englishKeepsToOneName() throws {
        for service in try DemoCountry.content().services {
            let lists = [service.who, service.evidence, service.steps].flatMap { $0[.en] }
            let single = [service.name, service.summary, service.cost.text, service.time.text] + service.channels.map(\.text) + service.law
            let texts = lists + single.compactMap { $0[.en] }
            for text in texts {
                let other = text.range(of: "[0-9d] shekels|Rehabilitation Department|Ministry of Labor\\b|personal area", options: .regularExpression)
                #expect(other == nil, "\(service.id): \(text)")
            }
        }
    }
}
