import Catalogue
import Contracts
import Foundation
import HTTPTypes
import Language
import Portal
import TestKit
import Testing
import Values
import Web

@Suite(.readingSite) struct SearchPageTests {
    @Test(arguments: TestDatabases.engines) func theRightServiceIsFirst(engine: TestEngine) async throws {
        let world = try PortalSite.shared(engine)
        for (language, query, first) in [
            ("he", "הנחה בארנונה לסטודנטים", "arnona-discount-student"), ("en", "moving house", "change-of-address"),
            ("he", "רישיון עסק בית קפה", "business-licence-cafe"), ("ar", "جواز سفر", "passport-renewal"),
        ] {
            let html = await world.text("/\(language)/search?q=\(PercentEncoding.encode(query))")
            #expect(PageText(html: html).matches("/\(language)/services/[a-z-]+\"").first == "/\(language)/services/\(first)\"", "\(query)")
            #expect(html.contains("<title>\u{2068}\(query)\u{2069}"))
        }
    }

    @Test func countsAreWordsOfTheLanguage() async throws {
        let world = try PortalSite.shared()
        #expect(await world.text("/he/search?q=\(PercentEncoding.encode("נסח טאבו"))").contains("<h2>שתי תוצאות</h2>"))
        #expect(await world.text("/en/search?q=trademark").contains("<h2>1 result</h2>"))
    }

    @Test func nothingFoundSaysWhatToDo() async throws {
        let world = try PortalSite.shared()
        for language in Language.allCases {
            let html = await world.text("/\(language.rawValue)/search?q=xqzwvkj")
            #expect(html.contains("xqzwvkj") && html.contains("/\(language.rawValue)/life-events\"")
                && html.contains("/\(language.rawValue)/bodies\""))
            #expect(!html.contains("⟦") && !html.contains("z-services"))
        }
    }

    @Test func misspeltWordsAreAnswered() async throws {
        let world = try PortalSite.shared()
        let html = await world.text("/he/search?q=\(PercentEncoding.encode("דרכוון"))")
        #expect(html.contains("/he/services/passport-renewal"))
    }

    @Test func manyResultsComeInPages() async throws {
        let world = try PortalSite.shared()
        let query = PercentEncoding.encode("ביטוח לאומי")
        let first = await world.text("/he/search?q=\(query)")
        #expect(first.contains("/he/search?q=\(query)&amp;page=2") && !first.contains("rel=\"prev\""))
        let second = await world.text("/he/search?q=\(query)&page=2")
        #expect(second.contains("rel=\"prev\" href=\"/he/search?q=\(query)\""))
        let results: (String) -> [String] = { PageText(html: $0).matches("z-service-title\"><a href=\"[^\"]*\"") }
        #expect(results(first).count == 10 && !results(second).isEmpty && Set(results(first)).isDisjoint(with: results(second)))
    }

    @Test func aPageBeyondTheLastIsTheLast() async throws {
        let world = try PortalSite.shared()
        let query = PercentEncoding.encode("ביטוח לאומי")
        let beyond = await world.text("/he/search?q=\(query)&page=9")
        #expect(beyond.contains("z-service-title") && beyond.contains("rel=\"prev\"") && !beyond.contains("rel=\"next\""))
        let single = await world.text("/en/search?q=trademark&page=7")
        #expect(single.contains("/en/services/trademark-registration") && !single.contains("rel=\"prev\""))
    }

    @Test func onlyRelatedServicesAreNotCalledAnAnswer() async throws {
        let world = try PortalSite.shared()
        let query = PercentEncoding.encode("דרכון לצצצקקק")
        for language in Language.allCases {
            let html = await world.text("/\(language.rawValue)/search?q=\(query)")
            let said = world.site.catalogue.text("portal.search.partly", in: language, ["query": "\u{2068}דרכון לצצצקקק\u{2069}"])
            #expect(html.contains(said) && html.contains("/services/passport-renewal"), "\(language)")
        }
        #expect(await !world.text("/en/search?q=trademark").contains("matches all the words"))
    }

    /// Whatever is typed: no fault, and never a sign that means something in HTML.
    @Test func anythingMayBeTyped() async throws {
        let world = try PortalSite.shared()
        let hostile = [
            "<script>alert(1)</script>", "\"><img src=x>", "{{title}}", "[[web.name]]", "'; DROP TABLE catalogue_service; --",
            "\u{202E}דרכון", "*", "a*",
            "\"", "NOT", "%", String(repeating: "ש", count: 1_000), "👩‍👩‍👧", "ﬁ", "\u{0301}\u{0301}", "1", "-1", "& | !", "\\",
        ]
        for query in hostile {
            for language in Language.allCases {
                let reply = await world.get("/\(language.rawValue)/search?q=\(PercentEncoding.encode(query))")
                let html = String(decoding: reply.body, as: UTF8.self)
                #expect(reply.status == 200, "\(query.prefix(20))")
                #expect(!html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains("\u{202E}"),
                    "\(query.prefix(20))")
            }
        }
        for target in ["/he/search", "/he/search?q=", "/he/search?q=%20", "/he/search?page=x&q=a", "/he/search?q=a&page=-1",
            "/he/search?q=a&page=99999999999999999999"] {
            #expect(await world.get(target).status == 200, "\(target)")
        }
        for target in ["/he/search?q=%00", "/he/search?q=%FF", "/he/search?q=%", "/he/search?q=\(String(repeating: "a", count: 9_000))"] {
            #expect(await world.get(target).status == 400, "\(target)")
        }
    }
}
