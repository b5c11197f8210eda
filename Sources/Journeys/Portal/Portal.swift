public import Catalogue
public import Contracts
internal import HTTPTypes
internal import Synchronization
public import Web

/// The unified site: the front door. One place for the services of all bodies, by search, by life event, by need and by body, in five
/// languages; and the same as data for programs. It keeps nothing of its own: everything comes from the catalogue and the bodies.
public final class Portal: Sendable {
    public struct Settings: Sendable, Hashable {
        /// Where the site is reached from outside, such as `https://zamin.example`, without a slash at the end.
        public var publicURL: String
        /// Whom to turn to about accessibility (Hebrew of the law: רכז נגישות); left out of the page when nil.
        public var accessibilityCoordinator: String?
        public var accessibilityEmail: String?
        public var accessibilityPhone: String?

        public init(
            publicURL: String, accessibilityCoordinator: String? = nil, accessibilityEmail: String? = nil, accessibilityPhone: String? = nil
        ) {
            self.publicURL = publicURL
            (self.accessibilityCoordinator, self.accessibilityEmail) = (accessibilityCoordinator, accessibilityEmail)
            self.accessibilityPhone = accessibilityPhone
        }
    }

    /// Links for the header of every page: path without language, key of the text.
    public static let navigation: [(path: String, key: String)] = [
        ("/services", "portal.nav.services"), ("/life-events", "portal.nav.life-events"), ("/bodies", "portal.nav.bodies"),
    ]

    let catalogue: Catalogue
    let bodies: any BodyDirectory
    let site: Site
    let settings: Settings
    private let currentShelf: Mutex<Shelf>

    public init(catalogue: Catalogue, bodies: any BodyDirectory, site: Site, settings: Settings) {
        (self.catalogue, self.bodies, self.site, self.settings) = (catalogue, bodies, site, settings)
        currentShelf = Mutex(Shelf(inventory: catalogue.inventory))
    }

    /// What pages are made from, of the content version that is in memory now. Take it once per request.
    var shelf: Shelf {
        let version = catalogue.contentVersion
        return currentShelf.withLock { shelf in
            if shelf.inventory.version != version { shelf = Shelf(inventory: catalogue.inventory) }
            return shelf
        }
    }

    public var routes: [Route] { pages + api + Sitemap(portal: self).routes }

    private var pages: [Route] {
        [
            .page(.get, "/", for: .everyone, "portal.showHome", "The first page", shared: true, showHome),
            .page(.get, "/life-events", for: .everyone, "portal.showLifeEvents", "All life events", shared: true, showLifeEvents),
            .page(
                .get, "/life-events/{event}", for: .everyone, "portal.showLifeEvent", "One life event, step by step", shared: true,
                showLifeEvent),
            .page(
                .get, "/services", for: .everyone, "portal.showServices", "All services, by need and by letter", shared: true,
                    showServices),
            .page(.get, "/services/{service}", for: .everyone, "portal.showService", "One service", shared: true, showService),
            .page(.get, "/needs/{slug}", for: .everyone, "portal.showNeed", "Services by what they give", shared: true, showNeed),
            .page(
                .get, "/situations/{slug}", for: .everyone, "portal.showSituation", "Services by whom they are for", shared: true,
                showSituation),
            .page(.get, "/bodies", for: .everyone, "portal.showBodies", "All public bodies", shared: true, showBodies),
            .page(.get, "/bodies/{body}", for: .everyone, "portal.showBody", "One body and its services", shared: true, showBody),
            .page(.get, "/search", for: .everyone, "portal.showSearch", "Search for a service", shared: true, showSearch),
            .page(.get, "/about", for: .everyone, "portal.showAbout", "About the site", shared: true) { try self.showText("about", $0) },
            .page(.get, "/about/accessibility", for: .everyone, "portal.showAccessibility", "Accessibility statement", shared: true) {
                try self.showText("accessibility", $0)
            },
            .page(.get, "/about/privacy", for: .everyone, "portal.showPrivacy", "Privacy", shared: true) {
                try self.showText("privacy", $0)
            },
        ]
    }
}
