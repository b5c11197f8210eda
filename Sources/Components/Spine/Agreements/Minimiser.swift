import Values

/// Lets through what an agreement names and nothing else.
struct Minimiser: Sendable {
    /// The pointers as a tree: a leaf lets its whole value through.
    private indirect enum Filter {
        case all
        case some([String: Filter])
    }

    private let filter: Filter

    init(_ pointers: [JSONPointer]) {
        filter = pointers.reduce(.some([:])) { Minimiser.adding($1.tokens[...], to: $0) }
    }

    private static func adding(_ tokens: ArraySlice<String>, to filter: Filter) -> Filter {
        guard case .some(var members) = filter, let token = tokens.first else { return .all }
        members[token] = adding(tokens.dropFirst(), to: members[token] ?? .some([:]))
        return .some(members)
    }

    /// What may pass, and how many values were dropped (a dropped object or list counts as one).
    func pass(_ value: JSON) -> (value: JSON, dropped: Int) {
        var dropped = 0
        let passed = Minimiser.pass(value, filter, &dropped)
        return (passed ?? .object([:]), dropped)
    }

    private static func pass(_ value: JSON, _ filter: Filter, _ dropped: inout Int) -> JSON? {
        guard case .some(let wanted) = filter else { return value }
        switch value {
        case .object(let members):
            var passed: [String: JSON] = [:]
            for (name, member) in members {
                guard let inner = wanted[name] else { dropped += 1; continue }
                passed[name] = pass(member, inner, &dropped)
            }
            return .object(passed)
        case .array(let items):
            guard let each = wanted["*"] else { dropped += 1; return nil }
            return .array(items.compactMap { pass($0, each, &dropped) })
        default:
            // The agreement names something inside this value, which has nothing inside.
            dropped += 1
            return nil
        }
    }
}
