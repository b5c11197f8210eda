import Foundation
import Testing
import Trust

struct SecretFileTests {
    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber).intValue
    }

    @Test func filesAreTheOwnersOnly() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/deep/deeper/secret"
            let content = try SecretFile.openOrCreate(path) { [1, 2, 3] }
            #expect(content == [1, 2, 3])
            #expect(try mode(path) == 0o600)
            #expect(try mode("\(folder)/deep/deeper") == 0o700)
            #expect(try SecretFile.openOrCreate(path) { [9] } == [1, 2, 3])
            try SecretFile.write([], to: path)
            #expect(try SecretFile.read(path) == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/deep/deeper") == ["secret"])
        }
    }

    @Test func exposedFilesAreRefusedWithAdvice() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/secret"
            try SecretFile.write([1], to: path)
            for permissions in [0o644, 0o640, 0o604, 0o620, 0o601] {
                try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
                let expected = SecretFileError.exposed(path: path, mode: "0" + String(permissions, radix: 8))
                #expect(throws: expected) { try SecretFile.read(path) }
                #expect("\(expected)".contains("chmod 600 \(path)"))
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
            #expect(try SecretFile.read(path) == [1])
        }
    }

    @Test func missingFilesAndFoldersAreNamed() throws {
        try withTemporaryFolder { folder in
            #expect(throws: SecretFileError.missing(path: "\(folder)/none")) { try SecretFile.read("\(folder)/none") }
            #expect(throws: SecretFileError.notAFile(path: folder)) { try SecretFile.read(folder) }
        }
    }

    @Test func signingKeysArePersistent() throws {
        try withTemporaryFolder { folder in
            for algorithm in SignatureAlgorithm.allCases {
                let first = try SigningKey.open(folder: folder, name: "key-\(algorithm)", algorithm: algorithm)
                let second = try SigningKey.open(folder: folder, name: "key-\(algorithm)", algorithm: algorithm)
                #expect(first.verifyingKey == second.verifyingKey)
                #expect(first.algorithm == algorithm)
            }
            try SecretFile.write("nonsense".bytes, to: "\(folder)/bad.pem")
            #expect(throws: KeyError.self) { try SigningKey.open(folder: folder, name: "bad") }
        }
    }
}
