@testable import Payments
import Testing
import Values

@Suite struct GraphTests {
    @Test func everyStateIsReachedAndReachesAFinalOne() throws {
        let graph = try paymentGraph()
        #expect(graph.reachable(from: graph.initial) == Set(graph.states.keys))
        for state in graph.states.keys { #expect(graph.reachable(from: state).contains { graph.isFinal($0) }, "\(state)") }
    }

    @Test func onlyAnAnswerOfTheAcquirerMakesAPaymentPaid() throws {
        let graph = try paymentGraph()
        for edge in graph.edges where graph.isPaid(edge.to) && edge.from != "refunding" { #expect(edge.mover == .acquirer, "\(edge)") }
        #expect(!graph.edges.contains { $0.from == graph.initial && graph.isPaid($0.to) })
    }

    @Test func whatIsOpenOrUndecidedIsAskedAboutAndWhatIsFinalIsNotOpen() throws {
        let graph = try paymentGraph()
        for state in graph.states.values {
            if state.isOpen, state.id != graph.initial { #expect(state.asks != nil, "\(state.id)") }
            if state.isFinal { #expect(!state.isOpen && state.asks?.forSeconds != nil || state.asks == nil, "\(state.id)") }
            // Nothing leads from a final state to an open one but a late answer of the acquirer.
            for edge in graph.edges where edge.from == state.id && state.isFinal && graph.isOpen(edge.to) {
                #expect(edge.isLate, "\(edge)")
            }
        }
    }

    @Test func asksFasterAtFirstAndStopsWhenTheLookBackIsOver() throws {
        let graph = try paymentGraph()
        let start = Instant(seconds: 1_000)
        func wait(_ state: String, _ elapsed: Int64) -> Int64? {
            let now = start.adding(seconds: elapsed)
            return graph.nextAsk(in: state, since: start, now: now).map { $0.seconds - now.seconds }
        }
        #expect(wait("started", 0) == 5)
        #expect(wait("started", 600) == 30)
        #expect(wait("pending", 30 * 86_400) == 3_600)
        #expect(wait("expired", 0) == 600)
        #expect(wait("expired", 86_400) == nil)
        #expect(wait("captured", 0) == nil)
    }

    @Test func refusesAGraphWithHoles() throws {
        func graph(_ states: JSON, _ edges: JSON) throws { _ = try PaymentGraph(json: ["initial": "a", "states": states, "edges": edges]) }
        let (a, b): (JSON, JSON) = (["id": "a"], ["id": "b", "final": true])
        let edge: JSON = ["from": "a", "to": "b", "by": "person"]
        try graph([a, b], [edge])
        #expect(throws: PaymentGraphError.unreachable("b")) { try graph([a, b], []) }
        #expect(throws: PaymentGraphError.deadEnd("a")) { try graph([a], []) }
        #expect(throws: PaymentGraphError.unknownState("c")) { try graph([a, b], [edge, ["from": "a", "to": "c", "by": "person"]]) }
        #expect(throws: PaymentGraphError.repeated("a to b")) { try graph([a, b], [edge, edge]) }
        #expect(throws: PaymentGraphError.repeated("a")) { try graph([a, a], []) }
        #expect(throws: PaymentGraphError.malformed("edges")) { try graph([a, b], [["from": "a", "to": "b", "by": "nobody"]]) }
        #expect(throws: PaymentGraphError.malformed("b/open")) { try graph([a, ["id": "b", "open": true, "final": true]], [edge]) }
    }
}
