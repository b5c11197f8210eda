public import Values

/// One text in some of the languages, as data files and the database keep it: `{"he": "…", "en": "…"}`.
public struct LocalizedText: Sendable, Hashable {
    private var texts: [Language: String]

    /// Empty texts count as absent.
    public init(_ texts: [Language: String]) { self.texts = texts.filter { !$0.value.isEmpty } }

    /// Reads an object of language → text. Throws on another shape, an unknown language or a value that is no text.
    public init(json: JSON) throws(LocalizedTextError) {
        guard let members = json.object else { throw .notAnObject }
        texts = [:]
        for (tag, value) in members {
            guard let language = Language(rawValue: tag) else { throw .unknownLanguage(tag) }
            guard let text = value.string else { throw .notText(language) }
            self[language] = text
        }
    }

    public var json: JSON { .object(Dictionary(uniqueKeysWithValues: texts.map { ($0.key.rawValue, JSON.string($0.value)) })) }

    public subscript(language: Language) -> String? {
        get { texts[language] }
        set { texts[language] = newValue?.isEmpty == true ? nil : newValue }
    }

    /// The languages there are, in the order of `Language`.
    public var languages: [Language] { Language.allCases.filter { texts[$0] != nil } }
    public var isEmpty: Bool { texts.isEmpty }

    /// The text a reader of this language gets: hers, else Hebrew, else English, else any; empty when there is none.
    public func text(in language: Language) -> String { reading(in: language).text }

    /// The same with the language it is really in, so that a page can mark a fallback with `lang` and `dir`.
    public func reading(in language: Language) -> Reading {
        for candidate in [language, .he, .en] + Language.allCases {
            if let text = texts[candidate] { return Reading(text: text, language: candidate) }
        }
        return Reading(text: "", language: language)
    }

    public struct Reading: Sendable, Hashable {
        public let text: String
        public let language: Language
    }
}

public enum LocalizedTextError: Error, Equatable, CustomStringConvertible {
    case notAnObject
    case unknownLanguage(String)
    case notText(Language)

    public var description: String {
        switch self {
        case .notAnObject: "A localized text is an object of language and text"
        case .unknownLanguage(let tag): "'\(tag.prefix(40))' is not one of the languages he, ar, en, ru, fr"
        case .notText(let language): "The value of '\(language.rawValue)' is not a text"
        }
    }
}
