public import Language
public import Values

/// A public body: a ministry, an authority, a municipality (Hebrew of the law: גוף ציבורי).
public struct PublicBody: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable { case ministry, authority, municipality, statutory, court }
    public let id: String
    public let kind: Kind
    public let parentID: String?
    /// The number in the registers of the state, when it has one.
    public let number: String?
    /// Central Bureau of Statistics code of the place a municipality governs.
    public let localityCode: Int?
    public let name: LocalizedText
    public let about: LocalizedText
    public let phone: String?
    public let site: String?

    public init(
        id: String, kind: Kind, parentID: String?, number: String?, localityCode: Int?, name: LocalizedText, about: LocalizedText, phone: String?,
        site: String?
    ) {
        (self.id, self.kind, self.parentID, self.number, self.localityCode) = (id, kind, parentID, number, localityCode)
        (self.name, self.about, self.phone, self.site) = (name, about, phone, site)
    }
}

/// A town, village or other place with its own code (Hebrew: יישוב).
public struct Locality: Sendable, Hashable {
    /// Central Bureau of Statistics code.
    public let code: Int
    public let name: LocalizedText
    public let district: String
    public let population: Int

    public init(code: Int, name: LocalizedText, district: String, population: Int) {
        (self.code, self.name, self.district, self.population) = (code, name, district, population)
    }
}

/// Bodies and places, small and kept in memory.
public protocol BodyDirectory: Sendable {
    var bodies: [PublicBody] { get }
    var localities: [Locality] { get }
    func body(_ id: String) -> PublicBody?
    func locality(_ code: Int) -> Locality?
    /// The municipality that governs a place and works with Zamin, or nil.
    func municipality(of locality: Int) -> PublicBody?
}
