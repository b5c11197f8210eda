public import Values

/// A rule in JsonLogic (jsonlogic.com): an object with one member is an operation, everything else is a value.
///
///     try JsonLogic(["and": [["var": "isStudent"], [">=": [["var": "residents"], 2]]]]).value(for: answers)
///
/// Values convert as in JavaScript, on which the notation is defined; only arrays differ, of which the empty one is false. What JavaScript
/// would answer with NaN or an infinity is null here, as in its JSON. Evaluation ends after `stepLimit` operations and values.
public struct JsonLogic: Sendable, Hashable {
    public let rule: JSON

    public static let stepLimit = 20_000
    public static let depthLimit = 60
    /// Members of one array or characters of one text that an operation may make.
    public static let sizeLimit = 20_000

    public init(_ rule: JSON) { self.rule = rule }

    public func value(for data: JSON) throws(JsonLogicError) -> JSON {
        var evaluation = JsonLogicEvaluation()
        return try evaluation.value(of: rule, data, depth: 0)
    }

    /// Whether the rule holds. Throws like `value(for:)`.
    public func holds(for data: JSON) throws(JsonLogicError) -> Bool { JsonLogic.isTrue(try value(for: data)) }

    /// Truth by the table of jsonlogic.com: false, null, 0, "" and [] are false.
    public static func isTrue(_ value: JSON) -> Bool {
        switch value {
        case .null: false
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .double(let number): number != 0 && !number.isNaN
        case .string(let text): !text.isEmpty
        case .array(let items): !items.isEmpty
        case .object: true
        }
    }

    /// The operation and its arguments, when a value is one.
    static func operation(_ rule: JSON) -> (name: String, arguments: [JSON])? {
        guard case .object(let members) = rule, members.count == 1, let member = members.first else { return nil }
        return (member.key, member.value.array ?? [member.value])
    }
}

public enum JsonLogicError: Error, Sendable, Equatable, CustomStringConvertible {
    case unknownOperation(String)
    case tooManySteps
    case tooDeep
    case tooLarge

    public var description: String {
        switch self {
        case .unknownOperation(let name): "\(name.prefix(40)) is no operation"
        case .tooManySteps: "The rule takes more than \(JsonLogic.stepLimit) steps"
        case .tooDeep: "The rule is nested deeper than \(JsonLogic.depthLimit)"
        case .tooLarge: "The rule makes a value larger than \(JsonLogic.sizeLimit)"
        }
    }
}

/// The names the evaluator knows, for the linter.
extension JsonLogic {
    static let operations: Set<String> = [
        "var", "missing", "missing_some", "if", "?:", "==", "===", "!=", "!==", "!", "!!", "or", "and", ">", ">=", "<", "<=", "max", "min",
        "+", "-", "*", "/", "%", "map", "reduce", "filter", "all", "none", "some", "merge", "in", "cat", "substr",
    ]

    /// Every operation used in the rule.
    func operationsUsed() -> Set<String> {
        var names: Set<String> = []
        JsonLogic.visit(rule) { name, _ in names.insert(name) }
        return names
    }

    static func visit(_ rule: JSON, depth: Int = 0, _ body: (String, [JSON]) -> Void) {
        guard depth < depthLimit else { return }
        if let (name, arguments) = operation(rule) {
            body(name, arguments)
            for argument in arguments { visit(argument, depth: depth + 1, body) }
        } else if case .array(let items) = rule {
            for item in items { visit(item, depth: depth + 1, body) }
        }
    }
}
