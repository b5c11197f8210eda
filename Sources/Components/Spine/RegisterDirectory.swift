public import Language
public import Values

/// What registers answer and tell: each operation with the body that owns the register, and the path at which it is asked.
public struct RegisterDirectory: Sendable {
    public struct Operation: Sendable, Hashable {
        /// `register.operation`
        public let id: String
        public let ownerID: String
        /// Nil for an event, which the register tells of its own accord; asking it means to be told from now on.
        public let path: String?
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
                guard let id = operation["id"]?.string, let summary = operation["summary"].flatMap({ try? LocalizedText(json: $0) }),
                    operation["path"]?.string?.hasPrefix("/") ?? (operation["event"]?.bool == true)
                else { throw .malformedServices("operation \(operation["id"]?.string ?? "?")") }
                operations.append(Operation(id: id, ownerID: owner, path: operation["path"]?.string, summary: summary))
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
                        "operations": .array(
                            operations.map {
                                .members([
                                    "id": .string($0.id), "path": $0.path.map(JSON.string), "event": $0.path == nil ? true : JSON?.none,
                                    "summary": $0.summary.json,
                                ])
                            }),
                    ]
                })
        ]
    }

    public func operation(_ id: String) -> Operation? { byID[id] }
}
