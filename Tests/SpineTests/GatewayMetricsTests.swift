import Contracts
import HTTPTypes
@testable import Spine
import TestKit
import Testing
import Values
import Web

@Suite struct GatewayMetricsTests {
    private static func read(_ gateway: Gateway, token: String?, _ chain: Chain) async throws -> Reply {
        var headers = HTTPFields()
        if let token { headers[.authorization] = "Bearer \(token)" }
        return await (try Loopback.dispatcher(gateway.routes, chain.clock)).answer(Incoming(.get, "/metrics", headers: headers, body: []))
    }

    @Test func bothSidesCountWhatPassedAndWhatDidNot() async throws {
        try await Chain.with { chain in
            for _ in 0..<2 { _ = try await chain.consumer.ask(chain.question()) }
            var question = chain.question()
            question.purpose = "curiosity"
            let refused = question
            await #expect(throws: ExchangeError.self) { try await chain.consumer.ask(refused) }
            let asked = String(decoding: try await Self.read(chain.consumer, token: Chain.token, chain).body, as: UTF8.self)
            let passed = #"agreement="municipal-discount-person.municipality-haifa",decision="permit",outcome="answered""#
            #expect(asked.contains(#"zamin_spine_message_seconds_count{face="consumer",\#(passed)} 2"#), "\(asked)")
            #expect(
                asked.contains(
                    #"zamin_spine_message_seconds_count{face="consumer",agreement="",decision="other-purpose",outcome="refused"} 1"#), "\(asked)")
            #expect(asked.contains("zamin_spine_unlogged_total 0"))
            let answered = String(decoding: try await Self.read(chain.provider, token: Chain.token, chain).body, as: UTF8.self)
            #expect(answered.contains(#"zamin_spine_message_seconds_bucket{face="provider",\#(passed),le="+Inf"} 2"#), "\(answered)")
            #expect(answered.contains(#"zamin_spine_dropped_values_total{face="provider",\#(passed)} 6"#), "\(answered)")
            for text in [asked, answered] { #expect(!text.contains("subject-1") && !text.contains("case-1")) }
        }
    }

    @Test func onlyTheBodysOwnSystemsReadThem() async throws {
        try await Chain.with { chain in
            try await #expect(Self.read(chain.consumer, token: nil, chain).status == 401)
            try await #expect(Self.read(chain.consumer, token: String(repeating: "x", count: 32), chain).status == 401)
            let reply = try await Self.read(chain.consumer, token: Chain.token, chain)
            #expect(reply.status == 200 && reply.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
