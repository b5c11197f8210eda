import Contracts
import Database
import Foundation
import HTTPTypes
@testable import Spine
import TestKit
import Testing
import Trust
import Values
import Web

/// `/agreements`, which everybody may read.
@Suite struct RegisterOfAgreementsTests {
    private func list(_ spine: Spine) async throws -> [JSON] {
        let reply = await (try Loopback.dispatcher(spine.routes, TestClock())).answer(Incoming(.get, "/agreements"))
        #expect(reply.status == 200)
        return try #require(try JSON.parse(reply.body)["agreements"]?.array)
    }

    @Test(arguments: TestDatabases.engines)
    func itShowsWhatWasSignedAndFollowsChanges(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            let first = try await list(chain.spine)
            #expect(first.count == 13 && first.allSatisfy { $0["status"] == "live" })
            for item in first { _ = try Agreement(json: try #require(item["content"])) }
            try await chain.spine.setStatus(.suspended, of: "identity-population")
            let second = try await list(chain.spine)
            #expect(second.filter { $0["status"] == "suspended" }.map { $0["content"]?["id"] } == ["identity-population"])
        }
    }

    /// The texts are read once for each edition.
    @Test func itIsKeptUntilAnAgreementChanges() async throws {
        try await Chain.with { chain in
            let first = try await list(chain.spine)
            // Behind the edition's back.
            _ = try await chain.database.write { try $0.execute("DELETE FROM spine_agreement WHERE id = 'identity-addresses'", []) }
            try await #expect(list(chain.spine) == first)
            _ = try await chain.database.write { try $0.execute("UPDATE spine_edition SET edition = edition + 1 WHERE id = 1", []) }
            try await #expect(list(chain.spine).count == first.count - 1)
        }
    }

    @Test(arguments: TestDatabases.engines)
    func aMalformedRowHidesNoOther(engine: TestEngine) async throws {
        try await Chain.with(engine) { chain in
            _ = try await chain.database.write { connection in
                try connection.execute("UPDATE spine_agreement SET content = '{\"id\":' WHERE id = 'identity-addresses'", [])
                try connection.execute("UPDATE spine_agreement SET content = '{}' WHERE id = 'capacity-businesses'", [])
            }
            let list = try await list(chain.spine)
            #expect(list.count == 11 && !list.contains { $0["content"]?["id"] == "identity-addresses" })
            try await #expect(chain.spine.agreements().count == 11)
        }
    }
}
