import Foundation
import House
import Logging

/// A demo country of its own in a folder that goes away, made by `zamin demo` as an operator makes it.
struct DemoCountry: Sendable {
    let folder: String
    let port: Int
    let environment: [String: String]

    /// - Parameters:
    ///   - databaseURL: of an empty PostgreSQL database; nil for SQLite.
    ///   - students: personas beside the usual ones, each a copy of the student.
    static func with<Value: Sendable>(
        databaseURL: String? = nil, students: Int = 0, people: Int = 2_000, more: [String: String] = [:], _ body: (DemoCountry) async throws -> Value
    ) async throws -> Value {
        try await Scratch.withFolder { folder in
            let port = try Programs.freePort()
            var environment = [
                "ZAMIN_PORT": "\(port)", "ZAMIN_DATA_DIR": "\(folder)/data", "ZAMIN_ROOT": Scratch.root, "ZAMIN_DEMO_PEOPLE": "\(people)",
                "ZAMIN_PASSWORD_MEMORY": "8", "ZAMIN_PASSWORD_PASSES": "1", "ZAMIN_RATE_LIMITS": "false", "ZAMIN_LOG_LEVEL": "error",
                "ZAMIN_DATABASE_URL": databaseURL ?? "", "ZAMIN_CONTENT": "",
            ]
            environment.merge(more) { _, more in more }
            if students > 0 { environment["ZAMIN_CONTENT"] = try content(students, "\(folder)/content") }
            try Programs.run("\(Programs.folder)/zamin", ["demo"], environment)
            return try await body(DemoCountry(folder: folder, port: port, environment: environment))
        }
    }

    /// The country's content with more students in it.
    private static func content(_ students: Int, _ folder: String) throws -> String {
        let (files, source) = (FileManager.default, "\(Scratch.root)/Data")
        try files.createDirectory(atPath: "\(folder)/registers", withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: source) where name != "registers" {
            try files.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: "\(source)/\(name)")
        }
        for name in try files.contentsOfDirectory(atPath: "\(source)/registers") where name != "personas.json" {
            try files.createSymbolicLink(atPath: "\(folder)/registers/\(name)", withDestinationPath: "\(source)/registers/\(name)")
        }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(source)/registers/personas.json"))
        guard var document = try JSONSerialization.jsonObject(with: bytes) as? [String: Any], var personas = document["personas"] as? [[String: Any]],
            let student = personas.first(where: { $0["key"] as? String == "student" })
        else { throw BenchmarkError("personas.json has another shape") }
        for place in 0..<students {
            var copy = student
            (copy["key"], copy["nationalNumber"], copy["email"]) = ("student-\(place)", number(place), "student-\(place)@example.test")
            personas.append(copy)
        }
        document["personas"] = personas
        try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: "\(folder)/registers/personas.json"))
        return folder
    }

    /// The national number of a student: eight digits and their check digit.
    static func number(_ place: Int) -> String {
        let eight = "\(60_001_000 + place)"
        let sum = eight.enumerated().reduce(0) { sum, digit in
            let product = (digit.element.wholeNumberValue ?? 0) * (1 + digit.offset % 2)
            return sum + product / 10 + product % 10
        }
        return "\(eight)\((10 - sum % 10) % 10)"
    }

    /// A role of this country as a process; wait for it with `Programs.firstAnswer`.
    func start(_ role: String) throws -> Process { try Programs.start("\(Programs.folder)/zamin", [role], environment) }

    /// The same house that `zamin serve` opens, in this process.
    func foundations() async throws -> Foundations {
        for (name, value) in environment { setenv(name, value, 1) }
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        return try await Foundations(Settings.read(arguments: ["benchmarks"]), logger)
    }
}
