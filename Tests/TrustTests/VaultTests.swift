import Foundation
import Testing
import Trust
import Values

struct VaultTests {
    private let vault = Vault(keyring: .random())

    @Test func opensWhatItSealed() throws {
        var generator = SeededGenerator(256)
        for count in [0, 1, 15, 16, 17, 1000, 100_000] {
            let plaintext = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let sealed = try vault.seal(plaintext, scope: "body-1", context: "case:7:answers")
            #expect(sealed.count == count + Vault.overheadBytes)
            #expect(sealed.first == 1)
            #expect(try vault.open(sealed, scope: "body-1", context: "case:7:answers") == plaintext)
        }
        let text = try vault.seal(text: "מספר זהות 000000018", scope: "identity", context: "person:1")
        #expect(try vault.openText(text, scope: "identity", context: "person:1") == "מספר זהות 000000018")
    }

    @Test func everyChangedByteFails() throws {
        let sealed = try vault.seal("secret".bytes, scope: "body", context: "row")
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(throws: VaultError.self) { try vault.open(changed, scope: "body", context: "row") }
        }
        for count in 0..<sealed.count {
            #expect(throws: VaultError.self) { try vault.open(Array(sealed.prefix(count)), scope: "body", context: "row") }
        }
        #expect(throws: VaultError.notAuthentic) { try vault.open(sealed + [0], scope: "body", context: "row") }
    }

    @Test func movedOrForeignBytesFail() throws {
        let sealed = try vault.seal("secret".bytes, scope: "body", context: "row 1")
        #expect(throws: VaultError.notAuthentic) { try vault.open(sealed, scope: "body", context: "row 2") }
        #expect(throws: VaultError.notAuthentic) { try vault.open(sealed, scope: "other", context: "row 1") }
        #expect(throws: VaultError.self) { try Vault(keyring: .random()).open(sealed, scope: "body", context: "row 1") }
        let latin = try vault.seal([0xFF, 0xFE], scope: "body", context: "row")
        #expect(throws: VaultError.notText) { try vault.openText(latin, scope: "body", context: "row") }
    }

    @Test func sealingTwiceLooksDifferent() throws {
        var seen: Set<[UInt8]> = []
        for _ in 0..<200 { seen.insert(try vault.seal("same".bytes, scope: "body", context: "row")) }
        #expect(seen.count == 200)
    }

    @Test func rotationOpensOldAndSealsNew() throws {
        let keyring = Keyring.random()
        let (old, new) = (Vault(keyring: keyring), Vault(keyring: keyring.rotated().rotated()))
        let before = try old.seal("secret".bytes, scope: "body", context: "row")
        let after = try new.seal("secret".bytes, scope: "body", context: "row")
        #expect(try new.open(before, scope: "body", context: "row") == "secret".bytes)
        #expect(try !new.isCurrent(before))
        #expect(try new.isCurrent(after))
        let id = Hex.encode(after[1...4])
        #expect(throws: VaultError.unknownKey(id)) { try old.open(after, scope: "body", context: "row") }
        #expect(old.blindIndex("000000018", scope: "identity") == new.blindIndex("000000018", scope: "identity"))
        let code = old.key(for: "csrf").code(for: "session".bytes)
        #expect(new.key(for: "csrf").isValid(code, for: "session".bytes))
    }

    @Test func blindIndexesDependOnValueScopeAndKey() {
        let index = vault.blindIndex("000000018", scope: "identity")
        #expect(index.count == 64)
        #expect(index == vault.blindIndex("000000018", scope: "identity"))
        #expect(index != vault.blindIndex("000000026", scope: "identity"))
        #expect(index != vault.blindIndex("000000018", scope: "business"))
        #expect(index != Vault(keyring: .random()).blindIndex("000000018", scope: "identity"))
        let code = vault.key(for: "identity").code(for: "000000018".bytes)
        #expect(index != Hex.encode(code))
        #expect(!vault.key(for: "other").isValid(code, for: "000000018".bytes))
        #expect(!vault.key(for: "identity").isValid(Array(code.dropLast()), for: "000000018".bytes))
    }

    @Test func oneVaultServesManyThreads() async throws {
        let vault = self.vault
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<100 {
                        let scope = "body-\((task + round) % 5)"
                        let sealed = try vault.seal([UInt8(task)], scope: scope, context: "row")
                        #expect(try vault.open(sealed, scope: scope, context: "row") == [UInt8(task)])
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

struct KeyringTests {
    @Test func theFileIsMadeOnceAndKept() throws {
        try withTemporaryFolder { folder in
            let first = try Keyring.open(folder: folder)
            let second = try Keyring.open(folder: folder)
            #expect(first.keyIDs == second.keyIDs)
            let sealed = try Vault(keyring: first).seal([1], scope: "body", context: "row")
            #expect(try Vault(keyring: second).open(sealed, scope: "body", context: "row") == [1])
        }
    }

    @Test func keysAreStagedPromotedAndForgotten() throws {
        try withTemporaryFolder { folder in
            let old = try Keyring.open(folder: folder)
            let sealed = try Vault(keyring: old).seal([1], scope: "body", context: "row")
            let id = try Keyring.stage(folder: folder)
            let staged = try Keyring.open(folder: folder)
            #expect(staged.currentID == old.currentID)
            #expect(staged.keyIDs == [old.currentID, id])
            try Keyring.promote(id, folder: folder)
            let promoted = try Keyring.open(folder: folder)
            #expect(promoted.currentID == id)
            #expect(try Vault(keyring: promoted).open(sealed, scope: "body", context: "row") == [1])
            let fresh = try Vault(keyring: promoted).seal([2], scope: "body", context: "row")
            #expect(try Vault(keyring: staged).open(fresh, scope: "body", context: "row") == [2])
            try Keyring.forget(old.currentID, folder: folder)
            let forgetful = Vault(keyring: try Keyring.open(folder: folder))
            #expect(throws: VaultError.unknownKey(old.currentID)) { try forgetful.open(sealed, scope: "body", context: "row") }
            #expect(throws: KeyringError.unknownKey("00000000")) { try Keyring.promote("00000000", folder: folder) }
            #expect(throws: KeyringError.unknownKey(id)) { try Keyring.forget(id, folder: folder) }
        }
    }

    @Test func exposedAndDamagedFilesAreRefused() throws {
        try withTemporaryFolder { folder in
            _ = try Keyring.open(folder: folder)
            let path = "\(folder)/master.keys"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(throws: SecretFileError.exposed(path: path, mode: "0644")) { try Keyring.open(folder: folder) }
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            let text = String(decoding: try SecretFile.read(path), as: UTF8.self)
            let lines = text.split(separator: "\n").map(String.init)
            func expect(_ error: KeyringError, _ content: String) throws {
                try SecretFile.write(content.bytes, to: path)
                #expect(throws: error) { try Keyring.open(folder: folder) }
            }
            let words = lines[1].split(separator: " ").map(String.init)
            let otherKey = Base64.encodeURL([UInt8](repeating: 7, count: 32))
            try expect(.damaged(path: path, line: 1), text.replacing("# Master", with: "Master"))
            try expect(.damaged(path: path, line: 2), "#\n\(words[0]) \(words[1]) \(otherKey)\n\(lines[2])\n")
            try expect(.inconsistent(path: path), "\(lines[1])\n")
            try expect(.inconsistent(path: path), "\(lines[1])\n\(lines[1])\n\(lines[2])\n")
            try expect(.inconsistent(path: path), "\(lines[1])\n\(lines[1].replacing("current", with: "retained"))\n\(lines[2])\n")
            try expect(.inconsistent(path: path), "")
        }
    }
}
