import Foundation
@testable import Registers
import Values
import Web

enum Project {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path
    static let data = root + "/Data"
    static let resources = ResourceFolder(module: "registers", path: root + "/Sources/Simulators/Registers")
    static let web = ResourceFolder(module: "web", path: root + "/Sources/Core/Web")
}

enum TestCountry {
    static func make(_ people: Int = 2_000, businesses: Int = 400, seed: UInt64 = 1948) throws -> Country {
        Country(
            Country.Size(people: people, businesses: businesses), seed: seed, on: CalendarDate(year: 2026, month: 10, day: 1)!,
            from: try SourceFolder(Project.data))
    }
}
