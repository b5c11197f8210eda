public import Language
public import Values

/// What registers answer: each operation with the body that owns the register and the path at which it is asked.
public struct RegisterDirectory: Sendable {
    public struct Operation: Sendable, Hashable {
        /// `register.operation`
        public let id: String
        public let ownerID: String
        public let path: String
        public let summary: LocalizedText
    }

    public let operations: [Operation]
    private let byID: [String: Operation]

    /// Reads the member `services` of `agreements.json`.
    public init(json: JSON) throws(SpineError) {
        var operations: [Operation] = []
        for service in json["services"]?.array ?? [] {
            guard let owner = service["owner"]?.string else { throw .malformedServices("owner") }
            for operation in service["operations"]?.array ?? [] {
                guard let id = operation["id"]?.string, let path = operation["path"]?.string, path.hasPrefix("/"),
                    let summary = operation["summary"].flatMap({ try? LocalizedText(json: $0) })
                else { throw .malformedServices("operation \(operation["id"]?.string ?? "?")") }
                operations.append(Operation(id: id, ownerID: owner, path: path, summary: summary))
            }
        }
        guard !operations.isEmpty else { throw .malformedServices("no operations") }
        self.operations = operations
        byID = Dictionary(operations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        guard byID.count == operations.count else { throw .malformedServices("an operation is there twice") }
    }

    /// Where the centre says what registers answer.
    public static let empty = RegisterDirectory()

    private init() { (operations, byID) = ([], [:]) }

    /// In the form it is read from.
    public var json: JSON {
        let owners = Dictionary(grouping: operations, by: \.ownerID).sorted { $0.key < $1.key }
        return [
            "services": .array(
                owners.map { owner, operations in
                    [
                        "owner": .string(owner),
                        "operations": .array(operations.map { ["id": .string($0.id), "path": .string($0.path), "summary": $0.summary.json] }),
                    ]
                })
        ]
    }

    public func operation(_ id: String) -> Operation? { byID[id] }
}
