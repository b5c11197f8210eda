import Catalogue
import Contracts
import HTTPTypes
import Language
import Values
import Web

/// `/sitemap.xml` (sitemaps.org protocol 0.9) and `/robots.txt` (RFC 9309).
struct Sitemap {
    let portal: Portal

    /// The protocol's limit.
    private static let addressesMax = 50_000

    var routes: [Route] {
        let portal = portal
        return [
            .api(
                .get, "/sitemap.xml", for: .everyone, "portal.sitemap", "All public pages, for search engines",
                answers: [.init(200, "The site map", type: "application/xml", schema: ["type": "string"])], shared: true
            ) { _ in .text(Sitemap(portal: portal).xml, type: "application/xml") },
            .api(
                .get, "/robots.txt", for: .everyone, "portal.robots", "What search engines may read",
                answers: [.init(200, "The rules", type: "text/plain", schema: ["type": "string"])], shared: true
            ) { _ in .text(Sitemap(portal: portal).robots) },
        ]
    }

    var xml: String {
        let addresses = paths.flatMap { path in Language.allCases.map { "\(portal.settings.publicURL)/\($0.rawValue)\(path)" } }
        let lines = addresses.prefix(Sitemap.addressesMax).map { "<url><loc>\(escapeHTML($0))</loc></url>\n" }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
            \(lines.joined())</urlset>

            """
    }

    /// Results of searches, and what belongs to one person, are no pages for search engines.
    var robots: String {
        let closed = ["search", "me", "forms", "pay", "desk", "sign-in", "register"]
        return "User-agent: *\n" + closed.map { "Disallow: /*/\($0)\n" }.joined() + "\nSitemap: \(portal.settings.publicURL)/sitemap.xml\n"
    }

    private var paths: [String] {
        let inventory = portal.shelf.inventory
        func terms(_ taxonomy: Taxonomy, _ kind: String) -> [String] {
            taxonomy.terms.filter { inventory.count(term: $0.slug) > 0 }.map { "/\(kind)/\($0.slug)" }
        }
        return ["", "/services", "/life-events", "/bodies", "/about", "/about/accessibility", "/about/privacy"]
            + inventory.services.map { "/services/\($0.id)" } + inventory.lifeEvents.map { "/life-events/\($0.id)" }
            + portal.bodies.bodies.map { "/bodies/\($0.id)" } + terms(inventory.needs, "needs") + terms(inventory.situations, "situations")
    }
}
