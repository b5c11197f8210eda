import Foundation

/// Folders that go away.
enum Scratch {
    static func withFolder<Value: Sendable>(_ body: (String) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.path + "/zamin-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    /// The folder with `Sources` and `Data`: the benchmarks run from the checkout.
    static var root: String { FileManager.default.currentDirectoryPath }
}
