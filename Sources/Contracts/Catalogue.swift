public import Language
public import Values

/// What other modules may know of a public service (CPSV-AP Public Service).
public struct ServiceCard: Sendable, Hashable {
    public let id: String
    public let name: LocalizedText
    /// The responsible body first.
    public let bodyIDs: [String]
    public let formID: String?
    public let cost: Money
    /// The published norm.
    public let workingDays: Int
    public init(id: String, name: LocalizedText, bodyIDs: [String], formID: String?, cost: Money, workingDays: Int) {
        (self.id, self.name, self.bodyIDs, self.formID) = (id, name, bodyIDs, formID)
        (self.cost, self.workingDays) = (cost, workingDays)
    }
}

public protocol ServiceDirectory: Sendable {
    func service(_ id: String) -> ServiceCard?
    func service(form: String) -> ServiceCard?
}
