public import Language
import Synchronization
import Values
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a module's rooms lie: `Templates/*.mustache`, `Strings/*.json`.
public struct ResourceFolder: Sendable, Hashable {
    /// Lower-camel name of the module, the first part of its keys: `forms`, `personalZone`.
    public let module: String
    public let path: String
    public init(module: String, path: String) { (self.module, self.path) = (module, path) }
}

/// All templates, compiled once per language with that language's texts already in them.
struct TemplateSet: Sendable {
    private let templates: [Language: [String: Template]]
    let names: Set<String>

    init(folders: [ResourceFolder], catalogue: StringCatalogue) throws {
        var sources: [String: String] = [:]
        for folder in folders {
            let templates = "\(folder.path)/Templates"
            guard let files = try? FileManager.default.contentsOfDirectory(atPath: templates) else { continue }
            for file in files where file.hasSuffix(".mustache") {
                let name = "\(folder.module)/\(file.dropLast(".mustache".count))"
                sources[name] = try String(contentsOfFile: "\(templates)/\(file)", encoding: .utf8)
            }
        }
        var templates: [Language: [String: Template]] = [:]
        for language in Language.allCases {
            var compiled: [String: Template] = [:]
            for (name, source) in sources {
                do { compiled[name] = try Template(TemplateSet.insertTexts(source, language, catalogue)) } catch {
                    throw TemplateError(name: name, reason: error.description)
                }
            }
            for (name, template) in compiled {
                if let missing = template.partials.first(where: { compiled[$0] == nil }) { throw TemplateError(name: name, reason: "there is no \(missing)") }
            }
            templates[language] = compiled
        }
        self.templates = templates
        names = Set(sources.keys)
    }

    func render(_ name: String, _ data: [String: Any], _ language: Language) throws -> String {
        guard let set = templates[language], let template = set[name] else { throw TemplateError(name: name, reason: "no such template") }
        var rendering = TemplateRendering(partials: set)
        rendering.render(template, data)
        return String(decoding: rendering.output, as: UTF8.self)
    }

    /// `[[key]]` becomes the text, escaped; `{name}` inside it becomes `{{name}}`, to be filled from the page's data.
    static func insertTexts(_ source: String, _ language: Language, _ catalogue: StringCatalogue) -> String {
        let pieces = source.split(separator: "[[", omittingEmptySubsequences: false)
        return pieces.dropFirst().reduce(into: String(pieces[0])) { output, piece in
            let parts = piece.split(separator: "]]", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return output += "[[" + piece }
            let text = escapeHTML(catalogue.text(String(parts[0]), in: language))
            output += text.split(separator: "{", omittingEmptySubsequences: false).joined(separator: "{{")
                .split(separator: "}", omittingEmptySubsequences: false).joined(separator: "}}")
            output += parts[1]
        }
    }
}

struct TemplateError: Error, CustomStringConvertible {
    let name: String
    let reason: String
    var description: String { "Template \(name): \(reason)" }
}

/// Escapes the five characters that mean something in HTML text and quoted attributes.
public func escapeHTML(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 64)
        TemplateRendering.escape(bytes, into: &output)
        return String(decoding: output, as: UTF8.self)
    }
}
