public import Database
public import Web
public import Language

/// One line in the personal zone, such as a case or a message.
public struct ZoneItem: Sendable, Hashable {
    public let title: String
    public let detail: String
    /// Without the language prefix.
    public let href: String
    /// Text of the tag beside it, if any.
    public let status: String?
    /// The person must do something now.
    public let needsAction: Bool
    public init(title: String, detail: String, href: String, status: String? = nil, needsAction: Bool = false) {
        (self.title, self.detail, self.href, self.status, self.needsAction) = (title, detail, href, status, needsAction)
    }
}

/// What a module shows of itself on the first page of the personal zone. The full list is the module's own page.
public protocol ZoneSection: Sendable {
    /// Key of the section's title.
    var titleKey: String { get }
    /// Key of what to do next when there is nothing here.
    var emptyKey: String { get }
    /// The full list, without the language prefix.
    var href: String { get }
    /// Whether it is shown to somebody who acts for another person, with what the mandate covers.
    var isOpenToMandates: Bool { get }
    /// The newest few.
    func items(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem]
    /// The newest few of what the person must do something about now, however old. Without an own implementation: those among the newest.
    func actions(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem]
}

extension ZoneSection {
    public var isOpenToMandates: Bool { false }
    public func actions(for actor: Actor, language: Language, limit: Int, in connection: any Connection) throws -> [ZoneItem] {
        try items(for: actor, language: language, limit: limit, in: connection).filter(\.needsAction)
    }
}
