import Values

/// Lets through what an agreement names and nothing else. A pointer names a leaf: a text, number or truth value, or a list of such. Where
/// a register's answer has an object at that place, nothing of it passes, so that a member which a register adds later reaches nobody by
/// a name that stood for all of them.
struct Minimiser: Sendable {
    /// The pointers as a tree.
    private struct Node {
        var isNamed = false
        /// By name; `*` for every item of a list.
        var members: [String: Node] = [:]
    }

    private let root: Node

    init(_ pointers: [JSONPointer]) {
        var root = Node()
        for pointer in pointers { Minimiser.add(pointer.tokens[...], to: &root) }
        self.root = root
    }

    private static func add(_ tokens: ArraySlice<String>, to node: inout Node) {
        guard let token = tokens.first else { node.isNamed = true; return }
        add(tokens.dropFirst(), to: &node.members[token, default: Node()])
    }

    /// What may pass, and how many values were dropped (a dropped object or list counts as one).
    func pass(_ value: JSON) -> (value: JSON, dropped: Int) {
        var dropped = 0
        let passed = Minimiser.pass(value, root, &dropped)
        return (passed ?? .object([:]), dropped)
    }

    private static func pass(_ value: JSON, _ node: Node, _ dropped: inout Int) -> JSON? {
        switch value {
        case .object(let members) where !node.members.isEmpty:
            var passed: [String: JSON] = [:]
            for (name, member) in members {
                guard let inner = node.members[name] else { dropped += 1; continue }
                passed[name] = pass(member, inner, &dropped)
            }
            return .object(passed)
        case .array(let items):
            if let each = node.members["*"] { return .array(items.compactMap { pass($0, each, &dropped) }) }
            if node.isNamed, items.allSatisfy(isScalar) { return value }
        default:
            if node.isNamed, isScalar(value) { return value }
        }
        // Not named, or named as something else than it is.
        dropped += 1
        return nil
    }

    private static func isScalar(_ value: JSON) -> Bool { value.object == nil && value.array == nil }
}
