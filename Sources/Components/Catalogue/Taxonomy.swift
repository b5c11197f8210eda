public import Language
internal import Values

/// A tree of terms by which services are found without knowing who gives them (Open Eligibility, in Hebrew and English).
public struct Taxonomy: Sendable, Hashable {
    public struct Term: Sendable, Hashable {
        /// The path from the root, such as `human_services:money:financial_assistance`.
        public let slug: String
        public let name: LocalizedText

        /// The slug of the term above, nil for the root.
        public var parent: String? { slug.lastIndex(of: ":").map { String(slug[..<$0]) } }
    }

    /// Parents before their children, children in the order of the source.
    public let terms: [Term]
    private let bySlug: [String: Term]
    private let childrenBySlug: [String: [Term]]

    public init(terms: [Term]) {
        self.terms = terms
        bySlug = Dictionary(terms.map { ($0.slug, $0) }, uniquingKeysWith: { first, _ in first })
        childrenBySlug = Dictionary(grouping: terms.filter { $0.parent != nil }, by: { $0.parent ?? "" })
    }

    public var root: Term? { terms.first { $0.parent == nil } }
    public func term(_ slug: String) -> Term? { bySlug[slug] }
    public func children(of slug: String) -> [Term] { childrenBySlug[slug] ?? [] }

    /// The terms above, from the root down, without the term itself.
    public func path(to slug: String) -> [Term] {
        var path: [Term] = []
        var next = bySlug[slug]?.parent
        while let parent = next.flatMap({ bySlug[$0] }) {
            path.insert(parent, at: 0)
            next = parent.parent
        }
        return path
    }

    /// Reads a file with the columns `slug`, `level0:name_en`, `level0:name_he`, `level1:name_en` …: the name of a term is that of its
    /// depth.
    /// The header leaves the deepest levels out.
    init(csv bytes: [UInt8]) throws(CSVError) {
        let records = try CSVTable.records(bytes)
        guard records.first?.prefix(3) == ["slug", "level0:name_en", "level0:name_he"] else {
            throw CSVError(line: 1, reason: "another header")
        }
        var terms: [Term] = []
        var seen: Set<String> = []
        for (index, row) in records.enumerated().dropFirst() {
            let depth = row[0].split(separator: ":").count - 1
            guard depth >= 0, row.count > 2 * depth + 2 else { throw CSVError(line: index + 1, reason: "\(row[0]) has no names") }
            let term = Term(slug: row[0], name: LocalizedText([.en: row[2 * depth + 1], .he: row[2 * depth + 2]]))
            guard term.name.languages.count == 2 else {
                throw CSVError(line: index + 1, reason: "\(term.slug) has no name in Hebrew and English")
            }
            guard term.parent.map(seen.contains) ?? true else {
                throw CSVError(line: index + 1, reason: "\(term.slug) stands before its parent")
            }
            guard seen.insert(term.slug).inserted else { throw CSVError(line: index + 1, reason: "\(term.slug) is there twice") }
            terms.append(term)
        }
        self.init(terms: terms)
    }

    /// The same tree with names in more languages: an object of slug → `{"ar": "…", "ru": "…", "fr": "…"}`. Names that are there already
    /// stay.
    func translated(by translations: [String: JSON]) throws(LocalizedTextError) -> Taxonomy {
        var translated: [Term] = []
        for term in terms {
            var name = term.name
            let more = try translations[term.slug].map { value throws(LocalizedTextError) in try LocalizedText(json: value) }
            for language in more?.languages ?? [] where name[language] == nil { name[language] = more?[language] }
            translated.append(Term(slug: term.slug, name: name))
        }
        return Taxonomy(terms: translated)
    }

    /// A term and all above it: whoever hangs on the term hangs on these too.
    static func withAncestors(_ slug: String) -> [String] {
        var slugs = [slug]
        var rest = slug[...]
        while let colon = rest.lastIndex(of: ":") {
            rest = rest[..<colon]
            slugs.append(String(rest))
        }
        return slugs
    }
}
