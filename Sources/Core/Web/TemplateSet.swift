public import Language
import Mustache
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
    private let libraries: [Language: MustacheLibrary]
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
        var libraries: [Language: MustacheLibrary] = [:]
        for language in Language.allCases {
            var compiled: [String: MustacheTemplate] = [:]
            for (name, source) in sources {
                let text = "{{% CONTENT_TYPE:UTF8HTML}}" + TemplateSet.insertTexts(source, language, catalogue)
                do { compiled[name] = try MustacheTemplate(string: text) } catch { throw TemplateError(name: name, reason: "\(error)") }
            }
            libraries[language] = MustacheLibrary(templates: compiled)
        }
        self.libraries = libraries
        names = Set(sources.keys)
    }

    func render(_ name: String, _ data: [String: Any], _ language: Language) throws -> String {
        guard let text = libraries[language]?.render(data, withTemplate: name) else { throw TemplateError(name: name, reason: "no such template") }
        return text
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

/// The library's own HTML escaper walks characters and costs 60 times as much on Hebrew; this one walks bytes.
struct UTF8HTML: MustacheContentType {
    func escapeText(_ text: String) -> String { escapeHTML(text) }

    static let register: Void = MustacheContentTypes.register(UTF8HTML(), named: "UTF8HTML")
}

/// Escapes the five characters that mean something in HTML text and quoted attributes.
public func escapeHTML(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
        let special: (UInt8) -> Bool = { $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 == 0x22 || $0 == 0x27 }
        guard bytes.contains(where: special) else { return String(decoding: bytes, as: UTF8.self) }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 64)
        for byte in bytes {
            switch byte {
            case 0x26: output.append(contentsOf: "&amp;".utf8)
            case 0x3C: output.append(contentsOf: "&lt;".utf8)
            case 0x3E: output.append(contentsOf: "&gt;".utf8)
            case 0x22: output.append(contentsOf: "&quot;".utf8)
            case 0x27: output.append(contentsOf: "&#39;".utf8)
            default: output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
