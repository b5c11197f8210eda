/// The texts of the interface in all languages.
///
///     let catalogue = try StringCatalogue(modules: [.init(name: "Forms", folder: "Sources/Components/Forms/Strings")])
///     catalogue.text("forms.check.title", in: .he)
///     catalogue.text("forms.files", count: 3, in: .ru, ["owner": name])   // {count} is filled in by itself
///
/// A key that nobody wrote never fails a page: it shows as `⟦forms.check.title⟧`, which a test finds. A key missing in one language only is
/// read in Hebrew, then English. Values are put in as they are: whoever writes HTML escapes the result.
public struct StringCatalogue: Sendable {
    /// A module's name, as its target has it, and the folder of its `he.json`, `ar.json` and so on.
    public struct Module: Sendable {
        public let name: String
        public let folder: String
        public init(name: String, folder: String) { (self.name, self.folder) = (name, folder) }

        /// The first part of every key of the module: `AskOnce` → `askOnce`.
        public var prefix: String { name.prefix(1).lowercased() + name.dropFirst() }
    }

    let entries: [Language: [String: CatalogueEntry]]
    /// Keys whose text is the same in all languages by intent, from the files' `_sameInAll`.
    let sameInAll: Set<String>

    /// Reads the files of all modules. A language without a file counts as one without texts, which `problems()` tells; without `he.json`
    /// there is nothing to hold the others against, so that throws.
    public init(modules: [Module]) throws(StringCatalogueError) {
        var documents: [CatalogueDocument] = []
        for module in modules {
            for language in Language.allCases {
                let path = "\(module.folder)/\(language.rawValue).json"
                guard let bytes = try CatalogueDocument.read(path) else {
                    if language == .he { throw .missingFile(path) }
                    continue
                }
                documents.append(try CatalogueDocument(module: module.prefix, language: language, path: path, bytes: bytes))
            }
        }
        try self.init(documents: documents)
    }

    init(documents: [CatalogueDocument]) throws(StringCatalogueError) {
        var entries: [Language: [String: CatalogueEntry]] = [:]
        var sameInAll: Set<String> = []
        for document in documents {
            for (key, entry) in document.entries {
                let previous = entries[document.language, default: [:]].updateValue(entry, forKey: "\(document.module).\(key)")
                guard previous == nil else { throw .duplicateKey("\(document.module).\(key)", file: document.path) }
            }
            sameInAll.formUnion(document.sameInAll.map { "\(document.module).\($0)" })
        }
        self.entries = entries
        self.sameInAll = sameInAll
    }

    /// Every key there is in any language, sorted.
    public var keys: [String] { Set(entries.values.flatMap(\.keys)).sorted() }

    public func has(_ key: String, in language: Language) -> Bool { entries[language]?[key] != nil }

    public func text(_ key: String, in language: Language, _ values: [String: String] = [:]) -> String {
        entry(key, in: language)?.entry.general?.filled(values) ?? StringCatalogue.marked(key)
    }

    /// The form of the text for a count. `{count}` is the number as the language writes it, unless a value is given for it.
    public func text(_ key: String, count: Int, in language: Language, _ values: [String: String] = [:]) -> String {
        guard let (entry, found) = entry(key, in: language), let form = entry.form(of: found.pluralCategory(of: count)) else {
            return StringCatalogue.marked(key)
        }
        return form.filled(["count": Formats.number(Int64(count), in: found)].merging(values) { $1 })
    }

    /// The text as it was written, with its `{name}` placeholders, for a template compiler; nil for a key that nobody wrote.
    public func source(_ key: String, in language: Language) -> String? { entry(key, in: language)?.entry.general?.source }

    private func entry(_ key: String, in language: Language) -> (entry: CatalogueEntry, language: Language)? {
        for candidate in [language, .he, .en] {
            if let entry = entries[candidate]?[key] { return (entry, candidate) }
        }
        return nil
    }

    /// How a missing key or value shows: nobody writes these brackets, so a test can look for them in any page.
    public static func marked(_ name: String) -> String { "⟦\(name)⟧" }
}
