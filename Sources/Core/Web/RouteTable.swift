public import HTTPTypes
import Language

/// All routes of a server, and how a path finds one. Made once, at start.
public struct RouteTable: Sendable {
    public let routes: [Route]
    private let root: Node

    /// Throws when two routes answer the same call, when an operation name repeats, or when a path is malformed: such a server
    /// does not start.
    public init(_ routes: [Route]) throws(RouteTableError) {
        self.routes = routes
        var operations: Set<String> = []
        var root = Node()
        for (index, route) in routes.enumerated() {
            guard operations.insert(route.operation).inserted else { throw .repeatedOperation(route.operation) }
            guard route.path.hasPrefix("/") else { throw .malformedPath(route.path) }
            if case .signedPeer(let reason) = route.audience, reason.isEmpty { throw .missingReason(route.operation) }
            var segments = RouteTable.segments(route.path)
            if route.kind == .page { segments.insert(Node.languageSegment, at: 0) }
            guard root.insert(segments[...], method: route.method, index: index) else { throw .repeatedRoute("\(route.method) \(route.path)") }
        }
        self.root = root
    }

    enum Match {
        case found(Route, [String: String], Language?)
        case wrongMethod(allowed: [HTTPRequest.Method])
        case nothing
    }

    /// Finds the route for a decoded path. A literal segment wins over a parameter.
    func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        let segments = RouteTable.segments(path)
        var values: [String] = []
        guard let node = root.find(segments[...], &values) else { return .nothing }
        let wanted: HTTPRequest.Method = method == .head ? .get : method
        guard let index = node.methods[wanted] else { return node.methods.isEmpty ? .nothing : .wrongMethod(allowed: Array(node.methods.keys)) }
        let route = routes[index]
        var language: Language?
        if route.kind == .page { language = Language(rawValue: values.removeFirst()) }
        let names = RouteTable.segments(route.path).filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
        return .found(route, Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first }), language)
    }

    static func segments(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }
}

public enum RouteTableError: Error, Equatable {
    case repeatedOperation(String)
    case repeatedRoute(String)
    case malformedPath(String)
    case missingReason(String)
}

/// A segment of the tree of paths.
private struct Node: Sendable {
    static let languageSegment = "{:language}"

    var literals: [String: Node] = [:]
    var parameter: [Node] = []
    var language: [Node] = []
    var methods: [HTTPRequest.Method: Int] = [:]

    mutating func insert(_ segments: ArraySlice<String>, method: HTTPRequest.Method, index: Int) -> Bool {
        guard let first = segments.first else { return methods.updateValue(index, forKey: method) == nil }
        let rest = segments.dropFirst()
        if first == Node.languageSegment {
            if language.isEmpty { language.append(Node()) }
            return language[0].insert(rest, method: method, index: index)
        }
        if first.hasPrefix("{") {
            if parameter.isEmpty { parameter.append(Node()) }
            return parameter[0].insert(rest, method: method, index: index)
        }
        return literals[first, default: Node()].insert(rest, method: method, index: index)
    }

    func find(_ segments: ArraySlice<String>, _ values: inout [String]) -> Node? {
        guard let first = segments.first else { return methods.isEmpty ? nil : self }
        let rest = segments.dropFirst()
        if let node = literals[first]?.find(rest, &values) { return node }
        let before = values.count
        if let node = language.first, Language(rawValue: first) != nil {
            values.append(first)
            if let found = node.find(rest, &values) { return found }
            values.removeLast(values.count - before)
        }
        guard let node = parameter.first else { return nil }
        values.append(first)
        if let found = node.find(rest, &values) { return found }
        values.removeLast(values.count - before)
        return nil
    }
}
