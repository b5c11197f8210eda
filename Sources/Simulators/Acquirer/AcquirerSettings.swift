public import Language
public import Trust
public import Values
public import Web

/// A business the acquirer collects for.
public struct Merchant: Sendable {
    public var id: String
    public var name: LocalizedText
    /// The bearer key of its calls.
    public var apiKey: String
    /// Where it is told of changes.
    public var notificationURL: String
    /// Scheme and host with port of the pages to which people may be sent back.
    public var returnOrigins: [String]

    public init(id: String, name: LocalizedText, apiKey: String, notificationURL: String, returnOrigins: [String]) {
        (self.id, self.name, self.apiKey) = (id, name, apiKey)
        (self.notificationURL, self.returnOrigins) = (notificationURL, returnOrigins)
    }
}

/// What the acquirer takes to start.
public struct AcquirerSettings: Sendable {
    /// Where its own file lies, `acquirer.sqlite`.
    public var dataFolder: String
    /// This module's rooms.
    public var resources: ResourceFolder
    /// The address people and merchants use, without a slash at the end.
    public var baseURL: String
    /// Signs notifications.
    public var key: SigningKey
    public var merchants: [Merchant]
    /// How long a person may take at the hosted page.
    public var sessionSeconds: Int64 = 1_800
    /// How long the bank of a "pending" test card thinks.
    public var pendingSeconds: Int64 = 20
    /// How long after the session was closed the bank of a "late" test card answers.
    public var lateSeconds: Int64 = 60
    /// How long the notifications of a "delayed" test card are held back.
    public var noticeDelaySeconds: Int64 = 60
    public var clock: TimeSource

    public init(
        dataFolder: String, resources: ResourceFolder, baseURL: String, key: SigningKey, merchants: [Merchant],
        clock: TimeSource = .wallClock
    ) {
        (self.dataFolder, self.resources, self.baseURL) = (dataFolder, resources, baseURL)
        (self.key, self.merchants, self.clock) = (key, merchants, clock)
    }

    func merchant(_ id: String) -> Merchant? { merchants.first { $0.id == id } }
}
