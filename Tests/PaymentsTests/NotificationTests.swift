import Contracts
import Database
import HTTPTypes
import Jobs
@testable import Payments
import TestKit
import Testing
import Values
import Web

@Suite struct NotificationTests {
    private func notify(_ dispatcher: Dispatcher, _ event: String, _ reference: String, signed: Bool = true) async -> Int {
        let body: JSON = [
            "id": .string(event), "type": "payment.captured", "signed": .bool(signed), "payment": ["reference": .string(reference)],
        ]
        let incoming = Incoming(.post, "/api/v1/payments/notifications", headers: [.contentType: "application/json"], body: body.bytes)
        return await dispatcher.answer(incoming).status
    }

    @Test(arguments: TestDatabases.engines)
    func aNotificationOnlyMakesUsAskOnce(engine: TestEngine) async throws {
        try await Stage.with(engine) { stage in
            let dispatcher = try stage.dispatcher()
            let id = try await stage.begun()
            // It says "captured", and the acquirer does not: nothing is believed.
            #expect(await notify(dispatcher, "event-1", id) == 204)
            try await stage.worker.runUntilIdle()
            #expect(try await stage.state(id) == "started")
            stage.acquirer.set(id, "captured")
            let asked = stage.acquirer.log.count
            for event in ["event-2", "event-2", "event-1", "event-2"] { #expect(await notify(dispatcher, event, id) == 204) }
            try await stage.worker.runUntilIdle()
            #expect(stage.acquirer.log.count == asked + 1)
            #expect(try await stage.told() == ["payment.captured"])
        }
    }

    @Test func whatIsNotSignedOrAboutNothingIsRefused() async throws {
        try await Stage.with { stage in
            let dispatcher = try stage.dispatcher()
            let id = try await stage.begun()
            #expect(await notify(dispatcher, "event-1", id, signed: false) == 401)
            #expect(await notify(dispatcher, "event-1", "0199a000-0000-7000-8000-00000000dead") == 404)
            #expect(await notify(dispatcher, "event-1", "'; DROP TABLE") == 404)
            #expect(await notify(dispatcher, String(repeating: "x", count: 65), id) == 422)
            let broken = Incoming(.post, "/api/v1/payments/notifications", headers: [.contentType: "application/json"], body: [0xFF, 0x00])
            #expect(await dispatcher.answer(broken).status == 400)
        }
    }
}
