import Foundation
import Testing
import Values

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

private struct SourceFile: Sendable {
    let path: String
    let text: String
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var parts: [String] { path.split(separator: "/").map(String.init) }
    /// `Components/Forms` for a file of that module.
    var module: String { parts.count > 2 ? parts[2] : parts[1] }
    var floor: String { parts[1] }
}

private func files(_ folder: String, _ suffix: String) -> [SourceFile] {
    let base = "\(root)/\(folder)"
    let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(suffix) }.sorted().compactMap { name in
        (try? String(contentsOfFile: "\(base)/\(name)", encoding: .utf8)).map { SourceFile(path: "\(folder)/\(name)", text: $0) }
    }
}

private func modules(_ floor: String) -> Set<String> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/Sources/\(floor)")) ?? []
    return Set(names.filter { !$0.contains(".") })
}

@Suite struct TidyTests {
    /// Arrows point down, and no module imports its neighbour.
    @Test func importsFollowTheFloors() {
        let core = modules("Core"), components = modules("Components"), journeys = modules("Journeys"), simulators = modules("Simulators")
        #expect(core.count >= 6 && components.count >= 9 && journeys.count >= 3)
        for file in files("Sources", ".swift") where !["App", "House", "System"].contains(file.floor) {
            var forbidden: Set<String> = ["App", "House"]
            switch file.floor {
            case "Core": forbidden.formUnion(components.union(journeys).union(simulators).union(["Contracts"]))
            case "Contracts": forbidden.formUnion(components.union(journeys).union(simulators))
            case "Components": forbidden.formUnion(components.union(journeys).union(simulators).subtracting([file.module]))
            case "Journeys": forbidden.formUnion(journeys.union(simulators).subtracting([file.module]))
            case "Simulators": forbidden.formUnion(components.union(journeys).union(simulators).subtracting([file.module]))
            default: Issue.record("\(file.path): no such floor")
            }
            for line in file.lines where line.contains("import ") && !line.hasPrefix("//") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index < 2, words.count > index + 1 else { continue }
                #expect(!forbidden.contains(String(words[index + 1])), "\(file.path): \(line)")
            }
        }
    }

    /// Only a module's own SQL names its tables.
    @Test func tablesBelongToTheirModule() throws {
        let prefixes = ["jobs": "Jobs", "audit": "Audit", "bodies": "Bodies", "catalogue": "Catalogue", "identity": "Identity", "spine": "Spine",
            "forms": "Forms", "payments": "Payments", "messages": "Messages", "documents": "Documents", "delivery": "Delivery",
            "registers": "Registers", "acquirer": "Acquirer"]
        let statement = try Regex(#"(?:FROM|INTO|UPDATE|JOIN|TABLE) ([a-z]+)_[a-z_]+"#)
        for file in files("Sources", ".swift") + files("Sources", ".sql") {
            for match in file.text.matches(of: statement) {
                guard let prefix = match.output[1].substring.map(String.init), let owner = prefixes[prefix] else { continue }
                #expect(file.module == owner, "\(file.path) names a table of \(owner)")
            }
        }
    }

    @Test func filesStayReadable() {
        let banned = ["Utils", "Helpers", "Manager", "Common", "Misc"]
        var lengths: [Int] = []
        for file in files("Sources", ".swift") {
            lengths.append(file.lines.count)
            #expect(file.lines.count <= 300, "\(file.path) has \(file.lines.count) lines and asks to be split")
            let name = file.parts.last ?? ""
            #expect(!banned.contains { name == "\($0).swift" }, "\(file.path)")
            for (index, line) in file.lines.enumerated() { #expect(line.count <= 160, "\(file.path):\(index + 1) is \(line.count) characters long") }
        }
        lengths.sort()
        #expect(lengths[lengths.count / 2] < 110, "the median file has \(lengths[lengths.count / 2]) lines")
    }

    /// A function is read at one glance.
    @Test func functionsStayShort() throws {
        let head = try Regex(#"^( *)(?:[A-Za-z@()]+ )*(?:func |init[?(<])"#)
        for file in files("Sources", ".swift") + files("Benchmarks", ".swift") {
            let lines = file.lines
            for (start, line) in lines.enumerated() {
                guard let match = try head.prefixMatch(in: line), let indent = match.output[1].substring else { continue }
                guard let body = lines[start...].prefix(12).firstIndex(where: { $0.hasSuffix("{") || $0.hasSuffix("}") }), lines[body].hasSuffix("{"),
                    let end = lines[(body + 1)...].firstIndex(where: { $0.hasPrefix("\(indent)}") })
                else { continue }
                #expect(end - start < 60, "\(file.path):\(start + 1) is \(end - start + 1) lines long")
            }
        }
    }

    @Test func nothingIsLeftUnfinished() throws {
        let words = try Regex(#"\b(TODO|FIXME|XXX|HACK)\b"#)
        let crashes = try Regex(#"\btry!|\bas! |fatalError\(|\.first!|\.last!"#)
        for file in files("Sources", ".swift") {
            #expect(file.text.firstMatch(of: words) == nil, "\(file.path)")
            #expect(file.text.firstMatch(of: crashes) == nil, "\(file.path) can crash the server")
        }
    }

    /// Papers and mail are read without our style sheet and carry their own. Inline style or script would be refused by the content security policy; physical sides break right-to-left.
    @Test func templatesHoldNoInlineCodeAndStylesNoPhysicalSides() throws {
        let inline = try Regex(#"(?i)\sstyle=|\son[a-z]+=|<script(?![^>]*(src=|application/ld\+json))"#)
        for file in files("Sources", ".mustache") where !file.path.contains("/Documents/") && !file.path.hasSuffix("/Messages/Templates/mail.mustache") {
            #expect(file.text.firstMatch(of: inline) == nil, "\(file.path)")
        }
        let physical = try Regex(#"(?m)^[^/]*\b(margin|padding|border)-(left|right)\b|text-align:\s*(left|right)|float:\s*(left|right)"#)
        for file in files("Sources/Core/Web/Static", ".css") { #expect(file.text.firstMatch(of: physical) == nil, "\(file.path)") }
    }

    /// Every `[[key]]` of a template exists, and every key in all five languages.
    @Test func everyTextOfATemplateExists() throws {
        let languages = ["he", "ar", "en", "ru", "fr"]
        var keysOf: [String: Set<String>] = [:]
        for file in files("Sources", ".json") where file.path.contains("/Strings/") {
            let module = file.parts[file.parts.count - 3]
            let prefix = module.prefix(1).lowercased() + module.dropFirst()
            let language = file.parts[file.parts.count - 1].replacing(".json", with: "")
            #expect(languages.contains(language), "\(file.path): no such language")
            keysOf[language, default: []].formUnion(try JSON.parse(file.text).object?.keys.map { "\(prefix).\($0)" }.filter { !$0.hasSuffix("._sameInAll") } ?? [])
        }
        let keys = keysOf["he"] ?? []
        for language in languages { #expect(keysOf[language] == keys, "\(language): \(keys.symmetricDifference(keysOf[language] ?? []).sorted().prefix(5))") }
        let tag = try Regex(#"\[\[([A-Za-z0-9._-]+)\]\]"#)
        for file in files("Sources", ".mustache") {
            for match in file.text.matches(of: tag) {
                let key = match.output[1].substring.map(String.init) ?? ""
                #expect(keys.contains(key), "\(file.path): no text for \(key)")
            }
        }
    }

    @Test func headsNameTheLastMigration() throws {
        for file in files("Sources", "Schema/head") {
            let folder = "\(root)/\(file.path.dropLast("head".count))"
            let last = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }.sorted().last ?? ""
            // A migration with a text for each engine is named without their endings.
            let head = file.text.trimmingCharacters(in: .whitespacesAndNewlines)
            #expect([head, "\(head).sqlite.sql", "\(head).postgres.sql"].contains(last), "\(file.path)")
        }
    }
}
