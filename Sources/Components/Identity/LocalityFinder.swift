import Contracts
import Language

/// Finds a place by the name people type, in any language, without minding points, hyphens and quotation marks.
struct LocalityFinder: Sendable {
    /// Names per language in the order of the alphabet, as the list beside the field offers them.
    let names: [Language: [String]]
    private let codes: [String: [Int]]
    private let nameOfCode: [Int: LocalizedText]

    init(_ localities: [Locality]) {
        var codes: [String: [Int]] = [:]
        for locality in localities {
            let spellings = Language.allCases.compactMap { locality.name[$0] } + ["\(locality.code)"]
            for key in Set(spellings.map(LocalityFinder.key)) { codes[key, default: []].append(locality.code) }
        }
        self.codes = codes
        nameOfCode = Dictionary(localities.map { ($0.code, $0.name) }, uniquingKeysWith: { first, _ in first })
        names = Dictionary(uniqueKeysWithValues: Language.allCases.map { language in
            (language, localities.map { LocalityFinder.label($0, codes, language) }.sorted())
        })
    }

    /// Two places of one name are told apart by their code.
    private static func label(_ locality: Locality, _ codes: [String: [Int]], _ language: Language) -> String {
        let name = locality.name.text(in: language)
        return codes[key(name)]?.count == 1 ? name : "\(name) (\(locality.code))"
    }

    func name(of code: Int, in language: Language) -> String? { nameOfCode[code]?.text(in: language) }

    /// The one place that is meant, or nil.
    func code(_ text: String) -> Int? {
        guard text.utf8.count <= 200 else { return nil }
        if let found = codes[LocalityFinder.key(text)], found.count == 1 { return found[0] }
        // As offered for places that share a name: `Zohar (1234)`.
        guard text.hasSuffix(")"), let open = text.lastIndex(of: "("), let code = Int(text[text.index(after: open)...].dropLast()) else { return nil }
        return nameOfCode[code] == nil ? nil : code
    }

    /// Up to five places whose names begin with what was typed, or contain it.
    func suggestions(_ text: String, in language: Language) -> [String] {
        let key = LocalityFinder.key(String(text.prefix(100)))
        guard key.count >= 2 else { return [] }
        let keyed = codes.keys.filter { $0.contains(key) }.sorted { ($0.hasPrefix(key) ? 0 : 1, $0) < ($1.hasPrefix(key) ? 0 : 1, $1) }
        var names: [String] = []
        for code in keyed.flatMap({ codes[$0] ?? [] }) {
            if names.count < 5, let name = name(of: code, in: language), !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// Letters and digits alone, small, without vowel points.
    private static func key(_ text: String) -> String {
        var key = ""
        for scalar in text.lowercased().unicodeScalars where scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
            if scalar.properties.generalCategory != .nonspacingMark { key.unicodeScalars.append(scalar) }
        }
        return key
    }
}
