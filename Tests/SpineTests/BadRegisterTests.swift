import Contracts
@testable import Spine
import Synchronization
import Testing
import Values

@Suite struct BadRegisterTests {
    @Test(arguments: [TestRegister.Behaviour.wrongKey, .alteredBody, .answerToAnother, .notAnObject, .unsigned])
    func whatCannotBeBelievedIsThrownAway(behaviour: TestRegister.Behaviour) async throws {
        try await Chain.with { chain in
            _ = try await chain.consumer.ask(chain.question())
            chain.register.behave(behaviour)
            await #expect(throws: ExchangeError.untrusted("the register's answer could not be believed")) {
                try await chain.consumer.ask(chain.question())
            }
            try await #expect(chain.rows().map(\.outcome).sorted() == ["answered", "answered", "untrusted", "untrusted"])
            #expect(chain.audit.entries.count == 1)
        }
    }

    @Test(arguments: [TestRegister.Behaviour.down, .hang])
    func aRegisterThatIsDownOrHangsIsUnavailable(behaviour: TestRegister.Behaviour) async throws {
        try await Chain.with(registerTimeoutMilliseconds: 300) { chain in
            chain.register.behave(behaviour)
            let error = await #expect(throws: ExchangeError.self) { try await chain.consumer.ask(chain.question()) }
            guard case .unavailable = error else { Issue.record("\(String(describing: error))"); return }
            try await #expect(chain.rows().map(\.outcome) == ["unavailable", "unavailable"])
            #expect(chain.audit.entries.isEmpty)
        }
    }

    @Test func nobodyWaitsForADeadRegister() async throws {
        try await Chain.with { chain in
            chain.register.behave(.down)
            for _ in 0..<8 { await #expect(throws: ExchangeError.self) { try await chain.consumer.ask(chain.question()) } }
            #expect(chain.register.state.withLock { $0.asked } == 5)
            chain.register.behave(.honest)
            chain.clock.advance(seconds: 5)
            try await #expect(chain.consumer.ask(chain.question()).value != nil)
        }
    }
}
