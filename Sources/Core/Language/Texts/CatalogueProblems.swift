/// Something wrong in the string files, for a test to print. Hebrew is what the other languages are held against.
public struct CatalogueProblem: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// Hebrew has the key and this language does not.
        case missing
        /// This language has the key and Hebrew does not.
        case notInHebrew
        case empty
        case missingPlural(PluralCategory)
        case needlessPlural(PluralCategory)
        /// A text with a count on one side and without on the other.
        case pluralMismatch
        case placeholderMismatch(hebrew: [String], here: [String])
        /// Hebrew, Arabic or Russian text without one letter of its script: most likely not translated.
        case foreignScript
    }

    public let key: String
    public let language: Language
    public let kind: Kind

    public var description: String { "\(key) [\(language.rawValue)]: \(kind)" }
}

extension StringCatalogue {
    /// All problems by key and language. A text meant to be the same everywhere (a product name, "PDF") is listed in a file's `_sameInAll`.
    public func problems() -> [CatalogueProblem] {
        var problems: [CatalogueProblem] = []
        for key in keys {
            let hebrew = entries[.he]?[key]
            for language in Language.allCases {
                let kinds: [CatalogueProblem.Kind]
                switch (hebrew, entries[language]?[key]) {
                case (nil, nil): kinds = []
                case (nil, .some): kinds = [.notInHebrew]
                case (.some, nil): kinds = [.missing]
                case (let hebrew?, let entry?):
                    kinds = language.faults(of: entry, sameInAll: sameInAll.contains(key)) + entry.differences(from: hebrew)
                }
                problems += kinds.map { CatalogueProblem(key: key, language: language, kind: $0) }
            }
        }
        return problems
    }
}

extension Language {
    fileprivate func faults(of entry: CatalogueEntry, sameInAll: Bool) -> [CatalogueProblem.Kind] {
        var faults: [CatalogueProblem.Kind] = []
        if case .plural(let forms) = entry {
            let needed = pluralCategories
            faults += needed.filter { forms[$0] == nil }.map { .missingPlural($0) }
            faults += PluralCategory.allCases.filter { forms[$0] != nil && !needed.contains($0) }.map { .needlessPlural($0) }
        }
        if entry.forms.contains(where: { $0.source.allSatisfy(\.isWhitespace) }) { faults.append(.empty) }
        if !sameInAll, entry.forms.contains(where: { isForeign($0.literals) }) { faults.append(.foreignScript) }
        return faults
    }

    /// Letters, but none of this language's script. Latin letters are never foreign to English and French.
    private func isForeign(_ text: String) -> Bool {
        guard let script else { return false }
        let letters = text.unicodeScalars.filter(\.properties.isAlphabetic)
        return !letters.isEmpty && !letters.contains { script.contains($0.value) }
    }

    private var script: ClosedRange<UInt32>? {
        switch self {
        case .he: 0x05D0...0x05EA
        case .ar: 0x0620...0x064A
        case .ru: 0x0400...0x04FF
        case .en, .fr: nil
        }
    }
}

extension CatalogueEntry {
    /// The forms for one and two may leave the number out ("a day"), so `count` is compared in the general form only.
    fileprivate func differences(from hebrew: CatalogueEntry) -> [CatalogueProblem.Kind] {
        switch (self, hebrew) {
        case (.single, .plural), (.plural, .single): return [.pluralMismatch]
        default: break
        }
        let expected = hebrew.general?.placeholders ?? []
        let optional = expected.subtracting(["count"])
        for form in forms where form.placeholders.subtracting(["count"]) != optional {
            return [.placeholderMismatch(hebrew: expected.sorted(), here: form.placeholders.sorted())]
        }
        guard let general, general.placeholders != expected else { return [] }
        return [.placeholderMismatch(hebrew: expected.sorted(), here: general.placeholders.sorted())]
    }
}
