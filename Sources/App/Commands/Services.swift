import ArgumentParser
import Bodies
import Contracts
import Database
import Foundation
import House
import Language
import Logging
import Spine
import Values

/// Descriptions of registers: what bodies may ask for in their requests for data.
struct Services: RoleCommand {
    static let configuration = CommandConfiguration(
        commandName: "services",
        abstract: "Descriptions of registers: `import FILE ID OWNER` (OpenAPI 3.0 or 3.1 as JSON), `list`, `classify OPERATION FIELD CLASS`.")
    @Argument(parsing: .captureForPassthrough) var flags: [String] = []

    func run(_ settings: Settings, _ logger: Logger) async throws {
        let words = Self.words(flags)
        let base = try await Foundations(settings, logger)
        try await base.checkMigrations()
        let spine = Spine(database: base.database)
        do {
            switch (words.first, words.count) {
            case ("import", 4): try await take(words[1], id: words[2], owner: words[3], spine, base)
            case ("list", 1): try await list(spine)
            case ("classify", 4): try await classify(words[1], words[2], words[3], spine)
            default:
                throw ValidationError(
                    "zamin services: say `import FILE ID OWNER`, `list`, or `classify OPERATION FIELD open|personal|sensitive|identifier`")
            }
        } catch {
            await base.database.close()
            throw error
        }
        await base.database.close()
    }

    private func take(_ file: String, id: String, owner: String, _ spine: Spine, _ base: Foundations) async throws {
        guard base.bodies.body(owner) != nil else { throw ValidationError("there is no body “\(owner)”") }
        guard let content = FileManager.default.contents(atPath: file) else { throw ValidationError("\(file) cannot be read") }
        let result: ServiceImport
        do {
            result = try await spine.importService(try JSON.parse(Array(content)), id: id, owner: owner, by: "system:operator")
        } catch let error as ServiceImportError {
            throw ValidationError("\(file): \(error)")
        } catch let error as JSONSyntaxError { throw ValidationError("\(file): \(error)") }
        print("\(id), version \(result.version), \(result.operations.count) operations")
        for change in result.changes { print("  \(change)") }
        for warning in result.warnings { print("  warning: the agreement \(warning.agreementID) is touched by \(warning.change)") }
        let open = result.operations.flatMap { one in one.fields.filter { $0.fieldClass == nil }.map { "\(one.id) \($0.pointer)" } }
        guard !open.isEmpty else { return }
        print("No agreement can name these fields before they are classified (zamin services classify):")
        for field in open { print("  \(field)") }
    }

    private func list(_ spine: Spine) async throws {
        for operation in try await spine.operations() {
            print("\(operation.id)  \(operation.ownerID)  \(operation.name.text(in: .en))")
            for field in operation.fields { print("  \(field.pointer)  \(field.type)  \(field.fieldClass?.rawValue ?? "not classified")") }
        }
    }

    private func classify(_ operation: String, _ pointer: String, _ name: String, _ spine: Spine) async throws {
        guard let fieldClass = FieldClass(rawValue: name) else { throw ValidationError("a field is open, personal, sensitive or identifier") }
        guard try await spine.operations().contains(where: { $0.id == operation && $0.fields.contains { $0.pointer == pointer } }) else {
            throw ValidationError("\(operation) has no field \(pointer)")
        }
        try await spine.classify([pointer: fieldClass], of: operation, by: "system:operator")
        print("\(operation) \(pointer) is \(name)")
    }
}
