import Foundation
import Language

/// The countries of the world by their codes (ISO 3166-1 alpha-2), for the question who gave a passport.
enum Countries {
    struct Country: Sendable { let code: String; let name: String }

    static let codes: Set<String> = Set(lists[.en]?.map(\.code) ?? [])

    /// By name, in the order of the language.
    static func all(in language: Language) -> [Country] { lists[language] ?? [] }

    private static let lists: [Language: [Country]] = Dictionary(
        uniqueKeysWithValues: Language.allCases.map { language in
            let locale = Locale(identifier: language.rawValue)
            let named = Locale.Region.isoRegions.map(\.identifier).filter { $0.utf8.count == 2 && $0 != "IL" }.compactMap { code -> Country? in
                guard let name = locale.localizedString(forRegionCode: code), name != code else { return nil }
                return Country(code: code, name: name)
            }
            return (language, named.sorted { $0.name.compare($1.name, locale: locale) == .orderedAscending })
        })
}
