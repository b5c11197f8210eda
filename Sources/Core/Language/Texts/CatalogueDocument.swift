import Values
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why the string files could not be loaded.
public enum StringCatalogueError: Error, Equatable, CustomStringConvertible {
    case missingFile(String)
    case unreadable(String)
    case syntax(String, file: String)
    case notAnObject(file: String)
    case badKey(String, file: String)
    case badValue(key: String, file: String)
    case unknownCategory(String, key: String, file: String)
    case duplicateKey(String, file: String)

    public var description: String {
        switch self {
        case .missingFile(let file): "\(file): there is no such file"
        case .unreadable(let file): "\(file): cannot be read, or is larger than \(CatalogueDocument.bytesMax) bytes"
        case .syntax(let fault, let file): "\(file): \(fault)"
        case .notAnObject(let file): "\(file): is not an object of key and text"
        case .badKey(let key, let file): "\(file): '\(key)' is not a key (letters, digits, dots, hyphens and underscores)"
        case .badValue(let key, let file): "\(file): '\(key)' is neither a text nor an object of plural category and text"
        case .unknownCategory(let category, let key, let file): "\(file): '\(key)' has the unknown plural category '\(category)'"
        case .duplicateKey(let key, let file): "\(file): '\(key)' was already loaded"
        }
    }
}

/// One string file, parsed.
struct CatalogueDocument {
    static let bytesMax = 4_000_000

    let module: String
    let language: Language
    let path: String
    var entries: [String: CatalogueEntry] = [:]
    var sameInAll: [String] = []

    init(module: String, language: Language, path: String, bytes: [UInt8]) throws(StringCatalogueError) {
        (self.module, self.language, self.path) = (module, language, path)
        let json: JSON
        do throws(JSONSyntaxError) { json = try JSON.parse(bytes) } catch { throw .syntax("\(error)", file: path) }
        guard let members = json.object else { throw .notAnObject(file: path) }
        for (key, value) in members {
            if key == "_sameInAll" {
                guard let keys = value.array, keys.allSatisfy({ $0.string != nil }) else { throw .badValue(key: key, file: path) }
                sameInAll = keys.compactMap(\.string)
                continue
            }
            guard CatalogueDocument.isKey(key) else { throw .badKey(key, file: path) }
            entries[key] = try entry(key, value)
        }
    }

    private func entry(_ key: String, _ value: JSON) throws(StringCatalogueError) -> CatalogueEntry {
        if let text = value.string { return .single(CatalogueText(text)) }
        guard let members = value.object, !members.isEmpty else { throw .badValue(key: key, file: path) }
        var forms: [PluralCategory: CatalogueText] = [:]
        for (name, form) in members {
            guard let category = PluralCategory(rawValue: name) else { throw .unknownCategory(name, key: key, file: path) }
            guard let text = form.string else { throw .badValue(key: key, file: path) }
            forms[category] = CatalogueText(text)
        }
        return .plural(forms)
    }

    /// Keys that begin with an underscore are ours to give a meaning.
    static func isKey(_ key: String) -> Bool {
        guard let first = key.utf8.first, first != UInt8(ascii: "_"), first != UInt8(ascii: ".") else { return false }
        return key.utf8.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || [0x2D, 0x2E, 0x5F].contains($0)
        }
    }

    /// The bytes of a file; nil when there is none.
    static func read(_ path: String) throws(StringCatalogueError) -> [UInt8]? {
        guard let file = fopen(path, "rb") else {
            if errno == ENOENT { return nil }
            throw .unreadable(path)
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= bytesMax else { throw .unreadable(path) }
        }
        guard ferror(file) == 0 else { throw .unreadable(path) }
        return bytes
    }
}
