@testable import Identity
import Foundation
import Testing
import Trust

@Suite struct BreachedPasswordTests {
    private func withList(_ passwords: [String], lineEnd: String = "\r\n", _ body: (String) throws -> Void) throws {
        let lines = passwords.map { LegacyFingerprint.sha1Hex(of: $0) }.sorted().enumerated().map { "\($0.element):\($0.offset * 7 + 1)" }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("breached-\(UUID().uuidString)").path
        try lines.joined(separator: lineEnd).write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    /// FIPS 180-4, from the examples of NIST.
    @Test func sha1() { #expect(LegacyFingerprint.sha1Hex(of: "abc") == "A9993E364706816ABA3E25717850C26C9CD0D89D") }

    @Test(arguments: [1, 2, 3, 10, 999], ["\n", "\r\n"])
    func eachOfTheListIsFoundAndNoOther(count: Int, lineEnd: String) throws {
        let passwords = (0..<count).map { "stolen password \($0)" }
        try withList(passwords, lineEnd: lineEnd) { path in
            let list = try BreachedPasswords(path: path)
            for password in passwords { #expect(list.contains(password)) }
            for number in 0..<200 { #expect(!list.contains("never stolen \(number)")) }
            let rules = PasswordRules(common: CommonPasswords([]), breached: list)
            #expect(rules.fault(in: passwords[0], personal: []) == .breached)
            #expect(rules.fault(in: "orange tractor sings", personal: []) == nil)
        }
    }

    @Test func aFileThatIsNoListIsRefusedAtTheStart() throws {
        #expect(throws: BreachListError.self) { try BreachedPasswords(path: "/nowhere/at/all") }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("not-a-list-\(UUID().uuidString)").path
        try "password\n123456\n".write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: BreachListError.self) { try BreachedPasswords(path: path) }
    }
}
