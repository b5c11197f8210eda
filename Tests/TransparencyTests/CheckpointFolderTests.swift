@testable import Transparency
import Foundation
import TestKit
import Testing
import Values

@Suite struct CheckpointFolderTests {
    private static let november = Instant(seconds: 1_795_000_000)

    private func notes(_ folder: CheckpointFolder) throws -> [String?] {
        var notes: [String?] = []
        try KeptCheckpoints(folder).forEach { notes.append($0.text) }
        return notes
    }

    @Test func notesAreReadAsWrittenOneFileAMonth() async throws {
        try await TestDatabases.withFolder { path in
            let folder = CheckpointFolder(path: "\(path)/audit/checkpoints")
            #expect(KeptCheckpoints(folder).last == nil)
            try #expect(notes(folder) == [])
            let long = String(repeating: "ש\n", count: 500)
            for (n, note) in ["a\n1\n\n— x\n", "b", long].enumerated() {
                try folder.append(note, at: CheckpointFolderTests.november.adding(days: Int64(n) * 31))
                #expect(KeptCheckpoints(folder).last == note)
            }
            try #expect(notes(folder) == ["a\n1\n\n— x\n", "b", long])
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names == ["2026-11.jsonl", "2026-12.jsonl", "2027-01.jsonl"])
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(names[0])")[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    /// What a full disk left behind is no line, and the next note does not stick to it.
    @Test func aTornLineIsNoNote() async throws {
        try await TestDatabases.withFolder { path in
            let folder = CheckpointFolder(path: path)
            try folder.append("a", at: CheckpointFolderTests.november)
            let file = try #require(FileHandle(forWritingAtPath: "\(path)/2026-11.jsonl"))
            try file.seekToEnd()
            try file.write(contentsOf: Data("\"half".utf8))
            try file.close()
            try #expect(notes(folder) == ["a"])
            #expect(KeptCheckpoints(folder).last == "a")
            try folder.append("b", at: CheckpointFolderTests.november)
            try #expect(notes(folder) == ["a", "b"])
        }
    }

    @Test func whatIsAppendedLaterIsNotPartOfIt() async throws {
        try await TestDatabases.withFolder { path in
            let folder = CheckpointFolder(path: path)
            try folder.append("a", at: CheckpointFolderTests.november)
            let kept = KeptCheckpoints(folder)
            try folder.append("b", at: CheckpointFolderTests.november)
            var notes: [String?] = []
            try kept.forEach { notes.append($0.text) }
            #expect(notes == ["a"])
        }
    }

    @Test func severalWritersLoseNothing() async throws {
        try await TestDatabases.withFolder { path in
            let folder = CheckpointFolder(path: path)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for writer in 0..<8 {
                    tasks.addTask { for n in 0..<20 { try folder.append("\(writer) \(n)", at: CheckpointFolderTests.november) } }
                }
                try await tasks.waitForAll()
            }
            try #expect(Set(notes(folder)).count == 160)
        }
    }

    @Test func aFolderThatCannotBeWrittenIsTold() async throws {
        try await TestDatabases.withFolder { path in
            FileManager.default.createFile(atPath: "\(path)/file", contents: Data())
            #expect(throws: LogError.self) { try CheckpointFolder(path: "\(path)/file").append("a", at: CheckpointFolderTests.november) }
        }
    }
}
