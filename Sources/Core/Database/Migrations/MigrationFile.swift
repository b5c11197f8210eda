internal import Foundation

/// One step of a module's schema, as a file holds it.
struct MigrationFile: Sendable {
    let module: String
    /// The file's name without what says its kind: `0001-people`.
    let name: String
    /// Nil for both engines.
    let dialect: Dialect?
    let text: String

    var number: Int { Int(name.prefix(4)) ?? 0 }

    /// FNV-1a, 64 bits, in hexadecimal (RFC 9923). It notices a file that was edited by accident; it does not, and need not, stop
    /// somebody who may write to the program's own files.
    var checksum: String { Self.checksum(text) }

    static func checksum(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The name and engine that a file's name stands for, or nil when it is no migration.
    static func parts(of file: String) -> (name: String, dialect: Dialect?)? {
        guard file.hasSuffix(".sql") else { return nil }
        let stem = String(file.dropLast(4))
        let kinds: [(suffix: String, dialect: Dialect)] = [(".sqlite", .sqlite), (".postgres", .postgres)]
        for kind in kinds where stem.hasSuffix(kind.suffix) { return (String(stem.dropLast(kind.suffix.count)), kind.dialect) }
        return (stem, nil)
    }

    /// The files of one folder in the order of their numbers, checked: numbered 0001, 0002 … without a gap, each number once for an
    /// engine, and `head` naming the last.
    static func read(_ module: String, _ folder: String) throws(DatabaseError) -> [MigrationFile] {
        func refuse(_ reason: String) -> DatabaseError { .migration("\(module): \(reason)") }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw refuse("there is no folder \(folder)")
        }
        var files: [MigrationFile] = []
        for name in names.sorted() {
            guard let parts = parts(of: name) else { continue }
            guard isNumbered(parts.name) else { throw refuse("\(name) is not named like 0001-name.sql") }
            guard let data = FileManager.default.contents(atPath: folder + "/" + name),
                let text = String(data: data, encoding: .utf8)
            else { throw refuse("\(name) cannot be read as UTF-8") }
            files.append(MigrationFile(module: module, name: parts.name, dialect: parts.dialect, text: text))
        }
        for dialect in Dialect.allCases {
            let names = files.filter { $0.dialect == nil || $0.dialect == dialect }.map(\.name)
            guard Set(names).count == names.count else { throw refuse("a migration is there twice for \(dialect)") }
        }
        let steps = Set(files.map(\.name)).sorted()
        for (index, step) in steps.enumerated() where Int(step.prefix(4)) != index + 1 {
            throw refuse("\(step) should have the number \(index + 1): a number is missing or used twice")
        }
        let head = (try? String(contentsOfFile: folder + "/head", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let head, parts(of: head)?.name ?? head == steps.last ?? "" else {
            throw refuse("head says \(head ?? "nothing") and the last migration is \(steps.last ?? "none")")
        }
        return files
    }

    private static func isNumbered(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard bytes.count > 5, bytes[4] == UInt8(ascii: "-") else { return false }
        return bytes.prefix(4).allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
}

