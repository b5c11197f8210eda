import Bodies
import Catalogue
import Foundation
import Language
import Values

/// Services nobody wrote, for measuring: titles and texts of words as frequent as in a language (Zipf's law), around the real ones, so that
/// a search has many documents to weigh. The same seed gives the same services.
///
///     var synthetic = try SyntheticServices(seed: 1)
///     let content = try synthetic.content(count: 10_000, folder: folder)
///
/// A service is made as a document and read back by the content reader, as a real one is.
struct SyntheticServices {
    private var state: UInt64
    private let hebrew: [String]
    private let english: [String]
    private let bodies: Bodies
    private static let dataFolder = "\(Scratch.root)/Data"

    init(seed: UInt64) throws {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        bodies = try Bodies.load(dataFolder: Self.dataFolder)
        let content = try CatalogueContent.read(dataFolder: Self.dataFolder, bodies: bodies)
        // The words of the real texts, and as many made from them by endings, so that there are tens of thousands.
        func words(_ language: Language, _ endings: [String]) -> [String] {
            let real = content.services.flatMap { service in
                ([service.name[language] ?? "", service.summary[language] ?? ""] + service.who[language] + service.steps[language])
                    .flatMap { $0.split(whereSeparator: { !$0.isLetter }).map(String.init) }
            }
            let distinct = Array(Set(real)).sorted()
            return distinct + endings.flatMap { ending in distinct.filter { $0.count > 3 }.map { $0 + ending } }
        }
        hebrew = words(.he, ["ים", "ות", "יה", "ון", "ית"])
        english = words(.en, ["s", "ing", "er", "ment", "al"])
    }

    private mutating func next(_ below: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 11) % below
    }

    /// Frequent words come first in a list shuffled once by a fixed step.
    private mutating func text(_ words: [String], _ count: Int) -> String {
        (0..<count).map { _ in
            let rank = Int(exp(Double(next(1_000_000)) / 1_000_000 * log(Double(words.count)))) - 1
            return words[rank * 7_919 % words.count]
        }.joined(separator: " ")
    }

    private mutating func document(_ number: Int) -> JSON {
        func both(_ he: JSON, _ en: JSON) -> JSON { ["he": he, "en": en] }
        func text(_ count: Int) -> JSON { both(.string(self.text(hebrew, count)), .string(self.text(english, count))) }
        func lines(_ count: Int, of length: Int) -> JSON {
            both(
                .strings((0..<count).map { _ in self.text(hebrew, length) }), .strings((0..<count).map { _ in self.text(english, length) }))
        }
        return [
            "id": .string("synthetic-\(number)"), "bodies": [.string("interior")], "for": ["person"], "lifeEvents": [], "situations": [],
            "needs": [], "rank": .null, "form": .null, "link": "https://services.example.test/", "cost": ["amountMinor": 0, "text": both("חינם", "Free")],
            "time": ["workingDays": 5, "text": both("5 ימים", "5 days")], "name": text(4), "summary": text(20), "who": lines(3, of: 10),
            "evidence": lines(3, of: 8), "steps": lines(4, of: 8), "channels": [["kind": "online", "text": text(5)]], "law": [text(6)],
            "keywords": lines(6, of: 1),
        ]
    }

    /// - Parameter folder: an empty folder, to lay the files in.
    mutating func content(count: Int, folder: String) throws -> CatalogueContent {
        let files = FileManager.default
        try files.createDirectory(atPath: "\(folder)/services", withIntermediateDirectories: true)
        for name in ["life-events.json", "service-needs.csv", "situations.csv", "taxonomy-translations.json"] {
            try files.copyItem(atPath: "\(Self.dataFolder)/\(name)", toPath: "\(folder)/\(name)")
        }
        let real = try files.contentsOfDirectory(atPath: "\(Self.dataFolder)/services")
        for name in real { try files.copyItem(atPath: "\(Self.dataFolder)/services/\(name)", toPath: "\(folder)/services/\(name)") }
        for number in 0..<max(0, count - real.count) {
            try Data(document(number).bytes).write(to: URL(fileURLWithPath: "\(folder)/services/synthetic-\(number).json"))
        }
        return try CatalogueContent.read(dataFolder: folder, bodies: bodies)
    }
}
