public import Contracts
public import Language
public import Values

/// What a body does for people or businesses (CPSV-AP 3.2 `cpsv:PublicService`; schema.org `GovernmentService`; Hebrew: שירות ציבורי).
public struct PublicService: Sendable, Hashable {
    /// Whom a service is for (CPSV-AP `dct:audience`).
    public enum Beneficiary: String, Sendable, CaseIterable { case person, business }

    /// `dct:identifier`: small letters, digits and hyphens, for good.
    public let id: String
    /// `cv:hasCompetentAuthority`: ids of bodies, the responsible one first. Several make a service that crosses bodies.
    public let bodyIDs: [String]
    public let beneficiaries: [Beneficiary]
    /// `cv:isGroupedBy`: ids of life events.
    public let lifeEventIDs: [String]
    /// Slugs of the taxonomy of people's situations.
    public let situations: [String]
    /// `cv:thematicArea`: slugs of the taxonomy of needs.
    public let needs: [String]
    /// 1 for the most used; nil for all but the most used twenty or so.
    public let rank: Int?
    /// The form with which it can be done here from end to end.
    public let formID: String?
    /// Where else it is done online, as an address that begins with `https://`: the home page of the responsible body, which stays, rather
    /// than a deep link.
    public let link: String?
    /// `cv:hasCost`.
    public let cost: Cost
    /// `cv:processingTime`: the published norm.
    public let time: ProcessingTime
    /// `dct:title`.
    public let name: LocalizedText
    /// `dct:description`: one or two sentences.
    public let summary: LocalizedText
    /// Conditions, one line each (`cpsv:follows` a rule).
    public let who: LocalizedLines
    /// `cpsv:hasInput`: what must be shown, one line each, also what the state holds already.
    public let evidence: LocalizedLines
    public let steps: LocalizedLines
    /// `cv:hasChannel`.
    public let channels: [Channel]
    /// `cv:hasLegalResource`.
    public let law: [LocalizedText]
    /// `dcat:keyword`: other words people type.
    public let keywords: LocalizedLines

    public struct Cost: Sendable, Hashable {
        public let amount: Money
        public let text: LocalizedText
    }

    public struct ProcessingTime: Sendable, Hashable {
        public let workingDays: Int
        public let text: LocalizedText
    }

    public struct Channel: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable { case online, office, phone, post }
        public let kind: Kind
        public let text: LocalizedText
    }

    public var card: ServiceCard {
        ServiceCard(id: id, name: name, bodyIDs: bodyIDs, formID: formID, cost: cost.amount, workingDays: time.workingDays)
    }
}

/// A list of sentences in some of the languages.
public struct LocalizedLines: Sendable, Hashable {
    private let lines: [Language: [String]]

    /// Empty lists count as absent.
    public init(_ lines: [Language: [String]]) { self.lines = lines.filter { !$0.value.isEmpty } }

    public subscript(language: Language) -> [String] { lines[language] ?? [] }
    public var languages: [Language] { Language.allCases.filter { lines[$0] != nil } }

    /// The lines a reader of this language gets, and the language they are in: hers, else Hebrew, else English, else any.
    public func reading(in language: Language) -> (lines: [String], language: Language) {
        for candidate in [language, .he, .en] + Language.allCases {
            if let found = lines[candidate] { return (found, candidate) }
        }
        return ([], language)
    }
}
