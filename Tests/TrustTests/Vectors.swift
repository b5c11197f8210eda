import Foundation
import Testing
import Trust
import Values

/// Published test vectors, from the folder `Vectors` beside this file.
enum Vectors {
    static func load(_ name: String) throws -> JSON {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors")
        return try JSON.parse([UInt8](Data(contentsOf: folder.appending(path: "\(name).json"))))
    }
}

/// SplitMix64: random values that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// A folder that is gone when the body has run.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "trust-\(RandomToken.make(bytes: 9))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path())
}

extension String {
    var bytes: [UInt8] { Array(utf8) }
}
