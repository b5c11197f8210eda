import Contracts
import Database
@testable import Spine
import TestKit
import Testing
import Transparency
import Trust
import Values

/// The log of messages is a tree too: whoever can write in the database cannot change unseen what a gateway wrote.
@Suite struct MessageLogTests {
    private static func log(_ chain: Chain, folder: String?) throws -> TransparencyLog {
        Spine.messageLog(
            in: chain.database, signer: try NoteSigner(name: "zamin.test/messages", key: .generate()), checkpointFolder: folder,
            clock: chain.clock.source)
    }

    /// Two questions that pass, with a row on each side, and one that the consumer's own gateway refuses.
    private static func ask(_ chain: Chain) async throws {
        _ = try await chain.consumer.ask(chain.question())
        var question = chain.question()
        question.purpose = "curiosity"
        let refused = question
        await #expect(throws: ExchangeError.self) { try await chain.consumer.ask(refused) }
        _ = try await chain.consumer.ask(chain.question())
    }

    @Test(arguments: TestDatabases.engines)
    func everyMessageHasItsPlaceOnce(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            try await TestDatabases.withFolder { folder in
                let log = try MessageLogTests.log(chain, folder: folder)
                try await MessageLogTests.ask(chain)
                let before = try await log.verify()
                #expect(before.isWhole && before.entries == 0 && before.waiting == 5)
                try await #expect(log.advance() == 5)
                try await #expect(log.advance() == 0)
                _ = try await chain.consumer.ask(chain.question())
                try await #expect(log.advance() == 2)
                let after = try await log.verify()
                #expect(after.isWhole && after.entries == 7 && after.waiting == 0 && after.checkpoints == 2 && after.kept == 2)
            }
        }
    }

    /// Every column is part of the leaf: whichever is changed, the root tells of it.
    @Test(arguments: TestDatabases.engines)
    func noColumnCanBeChangedUnseen(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            let log = try MessageLogTests.log(chain, folder: nil)
            try await MessageLogTests.ask(chain)
            try await log.advance()
            try await chain.database.write { try $0.execute("CREATE TABLE before AS SELECT * FROM spine_message", []) }
            let texts = [
                "body_id", "id", "face", "other_id", "operation", "agreement_id", "purpose", "basis_kind", "basis_reference", "actor", "case_id",
                "subject_id", "request_hash", "answer_hash", "decision", "outcome",
            ]
            let numbers = ["agreement_version", "request_bytes", "answer_bytes", "dropped", "at", "took_us"]
            for change in texts.map({ "\($0) = 'x'" }) + numbers.map({ "\($0) = coalesce(\($0), 0) + 1" }) + ["case_id = NULL", "agreement_id = NULL"] {
                try await chain.database.write { try $0.execute("UPDATE spine_message SET \(change) WHERE sequence = 0", []) }
                let found = try await log.verify().faults
                #expect(found.contains(.wrongRoot(size: 5)), "\(change)")
                try await chain.database.write { connection in
                    try connection.execute("DELETE FROM spine_message", [])
                    try connection.execute("INSERT INTO spine_message SELECT * FROM before", [])
                }
                try await #expect(log.verify().isWhole)
            }
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aRowThatIsGoneOrPutThereShows(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            let log = try MessageLogTests.log(chain, folder: nil)
            try await MessageLogTests.ask(chain)
            try await log.advance()
            try await chain.database.write { connection in
                try connection.execute("UPDATE spine_message SET sequence = 5 WHERE sequence = 2", [])
            }
            let moved = try await log.verify().faults
            #expect(moved.contains(.missingEntry(sequence: 2)) && moved.contains(.beyondSigned(size: 5)))
            try await chain.database.write { try $0.execute("DELETE FROM spine_message WHERE sequence = 5", []) }
            try await #expect(log.verify().faults == [.missingEntry(sequence: 2)])
        }
    }
}
