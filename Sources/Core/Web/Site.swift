import HTTPTypes
public import Language
import Values
import Synchronization

/// The pages of a server: templates, texts, static files and the frame around every page.
public final class Site: Sendable {
    public let catalogue: StringCatalogue
    public let files: StaticFiles
    private let templates: TemplateSet
    private let frame: Frame

    /// What is in the frame around each page.
    public struct Frame: Sendable {
        /// Links in the header: path without language, key of the text.
        public var navigation: [(path: String, key: String)]
        /// True for servers where people sign in and search.
        public var isPortal: Bool
        /// Who is meant when an actor acts for an organisation: its name.
        public var organisationName: @Sendable (String, Language) -> String
        /// The template around every page; another one for a server that is not the government's.
        public var layout = "web/layout"
        /// Said on top of every page.
        public var isSimulator = false
        public init(
            navigation: [(path: String, key: String)] = [], isPortal: Bool = true,
            organisationName: @escaping @Sendable (String, Language) -> String = { id, _ in id }
        ) {
            (self.navigation, self.isPortal, self.organisationName) = (navigation, isPortal, organisationName)
        }
    }

    public init(folders: [ResourceFolder], frame: Frame = Frame()) throws {
        catalogue = try StringCatalogue(modules: folders.map { .init(name: $0.module, folder: "\($0.path)/Strings") })
        templates = try TemplateSet(folders: folders, catalogue: catalogue)
        files = try StaticFiles(folders: folders)
        self.frame = frame
    }

    public var templateNames: Set<String> { templates.names }

    public func text(_ key: String, _ call: Call, _ arguments: [String: String] = [:]) -> String {
        catalogue.text(key, in: call.language, arguments)
    }

    /// What is said in the frame of one page.
    public struct Heading: Sendable {
        public var title: String
        public var description: String
        public var back: String?
        public var breadcrumbs: [(href: String, text: String)]
        /// The page shows an error: its title says so first.
        public var isError: Bool
        /// The page has a search field of its own, so the header shows none.
        public var hidesSearch = false
        /// The page brings its own frame, such as a hero across the whole width.
        public var isFullWidth = false
        /// What was searched for, shown in the header's search field.
        public var query: String?
        public init(
            _ title: String, description: String = "", back: String? = nil, breadcrumbs: [(href: String, text: String)] = [], isError: Bool = false
        ) {
            (self.title, self.description, self.back, self.breadcrumbs, self.isError) = (title, description, back, breadcrumbs, isError)
        }
    }

    /// A page: the template `module/name` with its data, in the frame.
    public func page(_ template: String, _ heading: Heading, _ data: [String: Any], for call: Call, status: Int = 200) throws -> Reply {
        var data = data
        data.merge(common(call)) { own, _ in own }
        let content = try templates.render(template, data, call.language)
        var layout = common(call)
        layout["content"] = content
        layout.merge(frameData(heading, call)) { _, new in new }
        var reply = Reply.html(try templates.render(frame.layout, layout, call.language), status: status)
        reply.carriesForm = Site.carriesForm(content)
        return reply
    }

    /// A page that leads on at once. After a form it takes the place of a redirect to another site: that one would have to be allowed by the
    /// content security policy of the page with the form (CSP 3, `form-action`), for every site there is.
    ///
    /// - Parameter address: a page of ours with its language, or one of a site that is known, in visible ASCII characters.
    public func onward(to address: String, _ call: Call) throws -> Reply {
        var reply = try page("web/onward", Heading(text("web.onward.title", call)), ["address": address], for: call)
        reply.headers[.refresh] = "0; url=\(address)"
        return reply
    }

    /// Whether a form on the page sends its token back. By bytes: looking for a text by characters costs a third of the whole page.
    private static func carriesForm(_ html: String) -> Bool {
        let mark = Array("_csrf\"".utf8)
        var html = html
        return html.withUTF8 { bytes in
            bytes.indices.dropLast(mark.count - 1).contains { bytes[$0] == mark[0] && bytes[$0..<$0 + mark.count].elementsEqual(mark) }
        }
    }

    /// A piece of HTML without the frame, such as the body of an official document.
    public func fragment(_ template: String, _ data: [String: Any], language: Language) throws -> String {
        try templates.render(template, data, language)
    }

    private func common(_ call: Call) -> [String: Any] {
        [
            "lang": call.language.rawValue, "dir": call.language.direction, "prefix": "/\(call.language.rawValue)", "csrf": call.formToken,
            "static": files.base,
        ]
    }

    private func frameData(_ heading: Heading, _ call: Call) -> [String: Any] {
        let languages: [[String: Any]] = Language.allCases.map { language in
            [
                "code": language.rawValue, "name": language.ownName, "href": "/\(language.rawValue)\(call.alternate)",
                "current": language == call.language,
            ]
        }
        var data: [String: Any] = [
            "title": heading.title, "hideSearch": heading.hidesSearch || !frame.isPortal, "full": heading.isFullWidth, "languages": languages,
            "path": call.path, "errorTitle": heading.isError,
            "portal": frame.isPortal, "signedIn": call.actor.isSignedIn, "actorName": call.actor.name,
            "capacityName": capacityName(call), "officer": call.actor.holdsOffice,
            "nav": frame.navigation.map { item -> [String: Any] in
                [
                    "href": "/\(call.language.rawValue)\(item.path)", "text": text(item.key, call),
                    "current": item.path == call.path || (item.path != "/" && call.path.hasPrefix(item.path + "/")),
                ]
            },
        ]
        if frame.isSimulator { data["isSimulator"] = true }
        if !heading.description.isEmpty { data["description"] = heading.description }
        if !heading.breadcrumbs.isEmpty { data["breadcrumbs"] = heading.breadcrumbs.map { ["href": $0.href, "text": $0.text] } }
        if call.actor.isSignedIn { data["capacityHref"] = "/\(call.language.rawValue)/capacity" }
        if let back = heading.back { data["backLink"] = back }
        if let query = heading.query { data["query"] = query }
        return data
    }

    /// A profession as people call it; its id when there is no name for it.
    public func professionName(_ profession: String, in language: Language) -> String {
        let key = "web.profession.\(profession)"
        return catalogue.has(key, in: language) ? catalogue.text(key, in: language) : profession
    }

    private func capacityName(_ call: Call) -> String {
        switch call.actor.capacity {
        case .own: text("web.capacity.own", call)
        case .office(let organisation, _), .representative(let organisation): frame.organisationName(organisation, call.language)
        case .professional(let profession, _): professionName(profession, in: call.language)
        case .attorney(let mandate): text("web.capacity.for", call, ["name": frame.organisationName(mandate.principalID, call.language)])
        }
    }
}

extension HTTPField.Name {
    /// As browsers have understood it since the last century; `<meta http-equiv="refresh">` (HTML, section 4.2.5.3) is defined by it.
    fileprivate static let refresh = HTTPField.Name("Refresh")!
}
