import Language

/// One version of what is told on one occasion, in five languages.
struct MessageTemplate: Sendable {
    struct Texts: Sendable {
        let subject: TemplateText
        let body: TemplateText
    }

    let name: String
    let version: Int
    let texts: [Language: Texts]
    /// What must be given, in any language.
    let required: Set<String>

    init(name: String, version: Int, texts: [Language: Texts]) {
        (self.name, self.version, self.texts) = (name, version, texts)
        required = texts.values.reduce(into: []) { $0.formUnion($1.subject.required.union($1.body.required)) }
    }

    /// The message as its reader sees it.
    func words(_ values: [String: String], in language: Language) -> MessageWords {
        guard let texts = texts[language] ?? texts[.standard] else { return MessageWords(subject: name, paragraphs: []) }
        let lines = texts.body.filled(values).split(whereSeparator: \.isNewline).map(MessageWords.tidied)
        return MessageWords(subject: MessageWords.tidied(texts.subject.filled(values)[...]), paragraphs: lines.filter { !$0.isEmpty })
    }
}

/// A message in plain text.
struct MessageWords: Sendable, Hashable {
    /// One line.
    let subject: String
    let paragraphs: [String]

    /// Without white space at the ends, line ends and doubled blanks, which are left where an optional text was not shown.
    static func tidied(_ text: Substring) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

/// All templates: the texts `messages.template.<name>.<version>.subject` and `.body` of the catalogue. A new wording is a new version; the
/// former one stays in the files, because messages that were sent with it are still shown in its words.
struct MessageTemplates: Sendable {
    private let versions: [String: [MessageTemplate]]
    static let prefix = "messages.template."

    init(_ catalogue: StringCatalogue) throws(MessagesError) {
        var found: [String: [Int: Set<String>]] = [:]
        for key in catalogue.keys where key.hasPrefix(MessageTemplates.prefix) {
            let parts = key.dropFirst(MessageTemplates.prefix.count).split(separator: ".").map(String.init)
            guard parts.count > 2, let version = Int(parts[parts.count - 2]), let part = parts.last else { continue }
            found[parts.dropLast(2).joined(separator: "."), default: [:]][version, default: []].insert(part)
        }
        var versions: [String: [MessageTemplate]] = [:]
        for (name, parts) in found {
            for version in parts.keys.sorted() {
                guard parts[version] == ["subject", "body"] else { throw .incompleteTemplate(name, version) }
                versions[name, default: []].append(MessageTemplates.read(name, version, catalogue))
            }
        }
        self.versions = versions
    }

    private static func read(_ name: String, _ version: Int, _ catalogue: StringCatalogue) -> MessageTemplate {
        let texts = Language.allCases.map { language in
            let key = "\(prefix)\(name).\(version)"
            return (
                language,
                MessageTemplate.Texts(
                    subject: TemplateText(catalogue.source("\(key).subject", in: language) ?? ""),
                    body: TemplateText(catalogue.source("\(key).body", in: language) ?? ""))
            )
        }
        return MessageTemplate(name: name, version: version, texts: Dictionary(texts, uniquingKeysWith: { first, _ in first }))
    }

    var names: [String] { versions.keys.sorted() }

    func newest(_ name: String) throws(MessagesError) -> MessageTemplate {
        guard let template = versions[name]?.last else { throw .unknownTemplate(name) }
        return template
    }

    func template(_ name: String, version: Int) throws(MessagesError) -> MessageTemplate {
        guard let template = versions[name]?.first(where: { $0.version == version }) else { throw .unknownVersion(name, version) }
        return template
    }
}
