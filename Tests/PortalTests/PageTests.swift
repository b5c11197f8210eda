import Bodies
import Catalogue
import Database
import Contracts
import Foundation
import HTTPTypes
import Language
@testable import Portal
import TestKit
import Testing
import Values
import Web

@Suite(.readingSite) struct PageTests {
    /// Every page in every language: it renders whole, with one heading, without raw keys, small enough, and links only to pages there are
    /// (those of other modules aside).
    @Test func everyPageInEveryLanguage() async throws {
        let world = try PortalSite.shared()
        var links: Set<String> = []
        for path in world.paths {
            for language in Language.allCases {
                let target = "/\(language.rawValue)\(path)"
                let reply = await world.get(target)
                let html = String(decoding: reply.body, as: UTF8.self)
                #expect(reply.status == 200, "\(target)")
                #expect(reply.headers[.eTag] != nil, "\(target) is not shared")
                #expect(reply.body.count < 60_000, "\(target): \(reply.body.count) bytes")
                for mark in ["⟦", "⟧", "[[", "]]", "{{", "}}", "portal."] { #expect(!html.contains(mark), "\(target) has \(mark)") }
                #expect(html.components(separatedBy: "<h1").count == 2, "\(target) has not one h1")
                #expect(html.contains("<html lang=\"\(language.rawValue)\" dir=\"\(language.direction)\">"))
                let ids = PageText(html: html).matches(" id=\"[^\"]*\"")
                #expect(Set(ids).count == ids.count, "\(target): an id is there twice")
                links.formUnion(PageText(html: html).matches("href=\"/[a-z]{2}(/[^\"#]*)?\"").map { String($0.dropFirst(6).dropLast()) })
            }
        }
        let others = ["/sign-in", "/verify", "/developers", "/data-transfers", "/meters", "/me"]
        for link in links.sorted() where !others.contains(where: link.hasSuffix) && !link.contains("/forms/") {
            #expect(await world.get(link).status == 200, "\(link) leads nowhere")
        }
    }

    /// Words of a page are in its language, or stand in an element that says otherwise.
    @Test func noPageSpeaksAnotherLanguageUnmarked() async throws {
        let world = try PortalSite.shared()
        let scripts: [Language: String] = [.he: "\\p{Hebrew}", .ar: "\\p{Arabic}", .ru: "\\p{Cyrillic}"]
        for path in world.paths where !path.hasPrefix("/about") {
            for language in Language.allCases {
                let words = PageText(html: await world.text("/\(language.rawValue)\(path)")).ownWords
                for (other, script) in scripts where other != language {
                    let foreign = words.range(of: script, options: .regularExpression).map { String(words[$0.lowerBound...].prefix(30)) }
                    #expect(foreign == nil, "/\(language.rawValue)\(path) has \(foreign ?? "") unmarked")
                }
                // Names such as USB are Latin everywhere; three small words in a row are a sentence.
                guard scripts[language] != nil else { continue }
                let sentence = words.range(of: "[a-z]{2,} [a-z]{2,} [a-z]{2,}", options: .regularExpression).map { String(words[$0]) }
                #expect(sentence == nil, "/\(language.rawValue)\(path) says \(sentence ?? "")")
            }
        }
    }

    @Test func theStringsAreWhole() async throws {
        let world = try PortalSite.shared()
        let problems = world.site.catalogue.problems().filter { $0.key.hasPrefix("portal.") }
        #expect(problems.isEmpty, "\(problems.map(\.description).joined(separator: "\n"))")
    }

    @Test func aServiceTellsEverything() async throws {
        let world = try PortalSite.shared()
        let html = await world.text("/he/services/arnona-discount-student")
        for words in [
            "הנחה בארנונה לסטודנטים", "ללא תשלום", "עד 30 ימי עבודה", "href=\"/he/forms/municipal-tax-discount-student\"",
            "התשנ&quot;ג-1993",
            "href=\"/he/bodies/municipality\"", "href=\"/he/bodies/higher-education\"", "href=\"/he/life-events/study\"",
            "href=\"/he/needs/",
        ] { #expect(html.contains(words), "\(words)") }
        // One that is done elsewhere says where, and does not offer to begin here.
        let other = await world.text("/en/services/passport-renewal")
        #expect(other.contains("You apply on the site of the responsible body: Population and Immigration Authority."))
        #expect(other.contains("href=\"https://www.gov.il/he/departments/population_and_immigration_authority\"") && !other.contains("/en/forms/"))
        // Municipalities have a site each.
        #expect(await world.text("/en/services/dog-licence").contains("href=\"/en/bodies#kind-municipality\""))
        #expect(await world.text("/en/bodies").contains("id=\"kind-municipality\""))
        // What is not translated is marked.
        let fallback = await world.text("/ru/services/dog-licence")
        #expect(fallback.contains("<h1 lang=\"he\" dir=\"rtl\">רישיון לכלב"))
        #expect(fallback.contains("57\u{A0}₪") && fallback.contains("До 1 рабочего дня"))
    }

    @Test func structuredDataIsValid() async throws {
        let world = try PortalSite.shared()
        for service in world.catalogue.inventory.services {
            for language in Language.allCases {
                let html = await world.text("/\(language.rawValue)/services/\(service.id)")
                let blocks = PageText(html: html).matches("(?s)<script type=\"application/ld\\+json\">.*?</script>")
                let block = try #require(blocks.first)
                let content = block.drop { $0 != "{" }.dropLast("</script>".count)
                let json = try JSON.parse(String(content))
                #expect(json["@type"] == "GovernmentService" && json["name"]?["@value"]?.string == service.name.text(in: language))
                #expect(json["url"]?.string == "\(PortalSite.publicURL)/\(language.rawValue)/services/\(service.id)")
            }
        }
    }

    @Test func aHostileTitleIsHarmless() async throws {
        try await PortalSite.with { world in
            let wording = Wording(language: .en, site: world.site, bodies: world.bodies)
            var document = try #require(world.catalogue.inventory.service("dog-licence")).document
            document["name"] = ["he": "</script><!--&", "en": "</script><!--&"]
            let hostile = try #require(try await world.imported(document))
            let text = StructuredData(portal: world.portal, wording: wording).text(of: hostile)
            #expect(!text.contains("<") && !text.contains(">") && !text.contains("&"))
            #expect(try JSON.parse(text)["name"]?["@value"] == "</script><!--&")
            #expect(await world.text("/en/services/dog-licence").contains("<h1>&lt;/script&gt;&lt;!--&amp;</h1>"))
        }
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        let world = try PortalSite.shared()
        for target in ["/he/services/nothing", "/he/life-events/nothing", "/he/bodies/nothing", "/he/needs/nothing",
            "/he/situations/human_services"] {
            #expect(await world.get(target).status == 404, "\(target)")
        }
        #expect(await world.get("/").headers[.location] == "/he")
        #expect(await world.get("/services/dog-licence").headers[.location] == "/he/services/dog-licence")
    }

    /// A life event shows its steps in the order of the content, with every body that takes part.
    @Test func aLifeEventIsInOrder() async throws {
        let world = try PortalSite.shared()
        for event in world.catalogue.inventory.lifeEvents {
            let html = await world.text("/en/life-events/\(event.id)")
            let steps = html.components(separatedBy: "<ol class=\"z-steps\">").last?.components(separatedBy: "\n</ol>").first ?? ""
            #expect(PageText(html: steps).matches("/en/services/[a-z-]+\"").map { String($0.dropFirst(13).dropLast()) } == event.steps)
        }
    }

    /// A body without services tells what it does, where it is reached and what else there is to do.
    @Test func aBodyWithoutServicesIsNoDeadEnd() async throws {
        let world = try PortalSite.shared()
        let inventory = world.catalogue.inventory
        let bare = world.bodies.bodies.filter { $0.kind != .municipality && inventory.services(body: $0.id).isEmpty }
        #expect(bare.count > 10)
        for body in bare {
            for language in Language.allCases {
                let html = await world.text("/\(language.rawValue)/bodies/\(body.id)")
                #expect(html.contains(escapeHTML(body.about.text(in: language))) && html.contains("id=\"body-search\""), "\(language) \(body.id)")
                // In the page and in the box beside it.
                if let site = body.site { #expect(html.components(separatedBy: "https://\(site)\"").count == 3, "\(language) \(body.id)") }
            }
        }
        #expect(await !world.text("/he/bodies/police").contains("id=\"body-search\""))
    }

    /// Nothing that can stand in an address is our fault.
    @Test func badParametersAreNoDefect() async throws {
        let world = try PortalSite.shared()
        let paths = ["", "/services", "/services/dog-licence", "/life-events/birth", "/bodies", "/bodies/police", "/needs/x", "/search", "/about"]
        let parameters = ["page=-1", "page=0", "page=99999999999999999999999", "page=%FF", "page=1e9", "q=%FF%FE", "q=%00", "q=%", "page[]=1", "=", "&&",
            "q=a&q=b&page=", "%FF=1"]
        for path in paths {
            for parameter in parameters {
                let reply = await world.get("/he\(path)?\(parameter)")
                #expect(reply.status < 500, "\(path)?\(parameter): \(reply.status)")
            }
        }
        for target in ["/he/bodies/%FF", "/he/services/%00", "/he/life-events/%2F..%2F", "/xx/services", "/he/services/\(String(repeating: "a", count: 5_000))",
            "/api/v1/services/%FF", "/api/v1/services?after=%FF", "/api/v1/search?q=%FF", "/api/v1/search?q=a&limit=99999999999999999999"] {
            let reply = await world.get(target)
            #expect((400..<500).contains(reply.status), "\(target): \(reply.status)")
        }
    }

    /// A city gives what every municipality gives.
    @Test func aCityHasTheServicesOfMunicipalities() async throws {
        let world = try PortalSite.shared()
        #expect(await world.text("/he/bodies/municipality-haifa").contains("/he/services/arnona-discount-student"))
        #expect(await !world.text("/he/bodies/foreign-affairs").contains("/he/services/arnona-discount-student"))
    }

    @Test func changedContentShowsAtOnce() async throws {
        try await PortalSite.with { world in
            #expect(await world.text("/en/services/dog-licence").contains("Dog licence"))
            var document = try #require(world.catalogue.inventory.service("dog-licence")).document
            document["name"] = ["he": "רישיון לחתול", "en": "Cat licence"]
            _ = try await world.imported(document)
            let html = await world.text("/en/services/dog-licence")
            #expect(html.contains("Cat licence") && !html.contains("Dog licence and"))
        }
    }
}

extension PortalSite {
    /// Imports the content again with one service changed.
    func imported(_ document: JSON) async throws -> PublicService? {
        let id = document["id"]?.string ?? ""
        try await TestDatabases.withFolder { folder in
            try FileManager.default.copyItem(atPath: "\(PortalSite.root)/Data", toPath: "\(folder)/Data")
            try document.text.write(toFile: "\(folder)/Data/services/\(id).json", atomically: true, encoding: .utf8)
            let content = try CatalogueContent.read(dataFolder: "\(folder)/Data", bodies: bodies)
            try await catalogue.importContent(content, bodies: bodies)
        }
        return catalogue.inventory.service(id)
    }
}
