import Contracts
import Database
import Language

/// The full-text index, for words that no title or keyword holds: one for each language, so that a service in two languages ranks like one in five.
struct SearchIndex: Sendable {
    let analyser: Analyser

    func fullText(_ language: Language) -> FullText { FullText(table: "catalogue_search_\(language.rawValue)") }

    /// Changes when a body is renamed or the analyser takes words apart in another way: then everything is indexed anew.
    func mark(_ bodies: any BodyDirectory) -> String {
        let names = bodies.bodies.flatMap { body in
            body.name.languages.flatMap { lexemes([body.name[$0] ?? ""], $0) }
        }
        return "2-\(String(Lexeme.key(names.joined().unicodeScalars), radix: 16))"
    }

    func put(_ service: PublicService, _ bodies: any BodyDirectory, in connection: any Connection) throws {
        for language in Language.allCases {
            if service.name[language] == nil {
                try fullText(language).remove(connection, id: service.id)
            } else {
                try fullText(language).replace(connection, id: service.id, fields: fields(of: service, bodies, language))
            }
        }
    }

    func remove(_ id: String, in connection: any Connection) throws {
        for language in Language.allCases { try fullText(language).remove(connection, id: id) }
    }

    /// Services that hold one of the forms of every term anywhere in their texts, at most so many, in no order of worth. The ranked search
    /// of `FullText` weighs every hit, and every other service with a word of the query for its statistics, before it takes the best; here
    /// the store stops at the limit. The tables are the catalogue's own, of `Schema/0002-search`.
    ///
    /// - Parameter terms: forms of letters and digits only, as lexemes are, so that they need no quoting but quotes.
    func services(_ language: Language, holding terms: [[Lexeme]], limit: Int, in connection: any Connection) throws -> [String] {
        let table = "catalogue_search_\(language.rawValue)"
        let groups = terms.map { term in term.prefix(FullText.alternativesMax).map(\.text) }
        guard !groups.isEmpty, groups.allSatisfy({ !$0.isEmpty }) else { return [] }
        func query(_ quote: String, or: String, and: String) -> SQLValue {
            .text(groups.map { "(" + $0.map { quote + $0 + quote }.joined(separator: or) + ")" }.joined(separator: and))
        }
        let (sql, words) = switch connection.dialect {
        case .sqlite:
            (
                "SELECT d.id FROM \(table) JOIN \(table)_document AS d ON d.document = \(table).rowid WHERE \(table) MATCH $1 LIMIT $2",
                query("\"", or: " OR ", and: " AND ")
            )
        case .postgres:
            (
                "SELECT id FROM \(table) WHERE lexemes @@ CAST($1 AS tsquery) ORDER BY id COLLATE \"C\" LIMIT $2",
                query("'", or: " | ", and: " & ")
            )
        }
        return try connection.query(sql, [words, .integer(Int64(limit))]) { try $0.text(0) }
    }

    /// Name, then keywords, then summary, then everything else there is to find it by.
    private func fields(
        of service: PublicService, _ bodies: any BodyDirectory, _ language: Language
    ) -> [(weight: FullText.Weight, lexemes: [String])] {
        let names = service.bodyIDs.compactMap { bodies.body($0)?.name[language] }
        let rest = service.who[language] + service.evidence[language] + service.steps[language]
            + service.channels.compactMap { $0.text[language] }
            + service.law.compactMap { $0[language] } + names
        return [
            (.a, lexemes([service.name[language] ?? ""], language)), (.b, lexemes(service.keywords[language], language)),
            (.c, lexemes([service.summary[language] ?? ""], language)), (.d, lexemes(rest, language)),
        ]
    }

    /// All but the forms that are only fit for a guess.
    private func lexemes(_ texts: [String], _ language: Language) -> [String] {
        texts.flatMap { analyser.lexemes(of: $0, language: language).filter { $0.form != .skeleton }.map(\.text) }
    }
}
