public import Values

/// Which states a payment may have and which moves between them are legal: data (`Data/payment-states.json`), checked when it is read.
public struct PaymentGraph: Sendable {
    struct State: Sendable, Hashable {
        let id: String
        let isOpen: Bool
        let isPaid: Bool
        /// Nothing more is expected.
        let isFinal: Bool
        let asks: Asking?
    }

    /// How often the acquirer is asked about a payment in a state.
    struct Asking: Sendable, Hashable {
        let everySeconds: Int64
        /// Counted from the move into the state; nil asks until the state changes.
        let forSeconds: Int64?
    }

    /// Who brings a move about.
    enum Mover: String, Sendable, CaseIterable { case person, platform, acquirer }

    struct Edge: Sendable, Hashable {
        let from: String
        let to: String
        let mover: Mover
        /// The acquirer changed its mind about something that counted as over.
        let isLate: Bool
    }

    let initial: String
    let states: [String: State]
    let edges: [Edge]

    /// - Throws: `PaymentGraphError` for an unknown or repeated state or edge, a state nobody can reach, or one from which no final state
    ///   can be reached.
    public init(json: JSON) throws(PaymentGraphError) {
        guard let initial = json["initial"]?.string else { throw .malformed("initial") }
        self.initial = initial
        var states: [String: State] = [:]
        for item in json["states"]?.array ?? [] {
            let state = try PaymentGraph.state(item)
            guard states.updateValue(state, forKey: state.id) == nil else { throw .repeated(state.id) }
        }
        self.states = states
        edges = try PaymentGraph.edges(json["edges"]?.array ?? [], among: states)
        guard states[initial] != nil else { throw .unknownState(initial) }
        let reached = reachable(from: initial)
        if let lost = states.keys.sorted().first(where: { !reached.contains($0) }) { throw .unreachable(lost) }
        if let stuck = states.keys.sorted().first(where: { leadsNowhere($0) }) { throw .deadEnd(stuck) }
    }

    private static func state(_ item: JSON) throws(PaymentGraphError) -> State {
        guard let id = item["id"]?.string else { throw .malformed("states") }
        var asking: Asking?
        if let asks = item["asks"] {
            guard let every = asks["everySeconds"]?.int, every > 0 else { throw .malformed("\(id)/asks") }
            asking = Asking(everySeconds: every, forSeconds: asks["forSeconds"]?.int)
        }
        let flag = { (name: String) in item[name]?.bool ?? false }
        guard !(flag("open") && (flag("final") || flag("paid"))) else { throw .malformed("\(id)/open") }
        return State(id: id, isOpen: flag("open"), isPaid: flag("paid"), isFinal: flag("final"), asks: asking)
    }

    private static func edges(_ items: [JSON], among states: [String: State]) throws(PaymentGraphError) -> [Edge] {
        var edges: [Edge] = []
        for item in items {
            guard let from = item["from"]?.string, let to = item["to"]?.string, let mover = item["by"]?.string.flatMap(Mover.init) else {
                throw .malformed("edges")
            }
            for end in [from, to] where states[end] == nil { throw .unknownState(end) }
            guard !edges.contains(where: { $0.from == from && $0.to == to }) else { throw .repeated("\(from) to \(to)") }
            edges.append(Edge(from: from, to: to, mover: mover, isLate: item["late"]?.bool ?? false))
        }
        return edges
    }

    func edge(_ from: String, _ to: String) -> Edge? { edges.first { $0.from == from && $0.to == to } }
    func isPaid(_ state: String) -> Bool { states[state]?.isPaid ?? false }
    func isFinal(_ state: String) -> Bool { states[state]?.isFinal ?? false }
    /// May still become paid without anybody opening another payment. An order has one such payment at most.
    func isOpen(_ state: String) -> Bool { states[state]?.isOpen ?? false }

    func reachable(from start: String) -> Set<String> {
        var (reached, waiting): (Set<String>, [String]) = ([start], [start])
        while let state = waiting.popLast() {
            for edge in edges where edge.from == state && reached.insert(edge.to).inserted { waiting.append(edge.to) }
        }
        return reached
    }

    private func leadsNowhere(_ state: String) -> Bool { !reachable(from: state).contains { isFinal($0) } }
}

public enum PaymentGraphError: Error, Equatable {
    case malformed(String)
    case repeated(String)
    case unknownState(String)
    case unreachable(String)
    case deadEnd(String)
}

extension PaymentGraph {
    /// When to ask next about a payment that came into its state at `changed`: at the state's own pace at first, then ever less often, at
    /// least once an hour.
    func nextAsk(in state: String, since changed: Instant, now: Instant) -> Instant? {
        guard let asks = states[state]?.asks else { return nil }
        let elapsed = max(0, now.seconds - changed.seconds)
        if let limit = asks.forSeconds, elapsed >= limit { return nil }
        return now.adding(seconds: max(asks.everySeconds, min(3_600, elapsed / 20)))
    }
}
