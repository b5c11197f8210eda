public import Database
public import Language
public import Trust
public import Values
public import Web

/// A question to a register, which only passes under a live agreement.
public struct ExchangeRequest: Sendable {
    /// The body that asks.
    public var consumerID: String
    /// `register.operation`, such as `population.person`.
    public var operation: String
    /// What the operation takes, such as `["nationalNumber": "…"]`.
    public var parameters: [String: String]
    /// Whose data it is, by internal id; nil before registration.
    public var subjectID: String?
    public var actor: Actor
    /// Purpose code of the agreement, such as `identity-proofing`.
    public var purpose: String
    public var basis: Basis
    public var caseID: String?

    public init(
        consumerID: String, operation: String, parameters: [String: String], subjectID: String?, actor: Actor, purpose: String, basis: Basis,
        caseID: String? = nil
    ) {
        (self.consumerID, self.operation, self.parameters, self.subjectID) = (consumerID, operation, parameters, subjectID)
        (self.actor, self.purpose, self.basis, self.caseID) = (actor, purpose, basis, caseID)
    }
}

public struct ExchangeAnswer: Sendable {
    /// What the register said, minimised to the fields of the agreement; nil when it knows nobody by these parameters.
    public let value: JSON?
    /// The body that owns the register.
    public let ownerID: String
    public let agreementID: String
    public let at: Instant

    public init(value: JSON?, ownerID: String, agreementID: String, at: Instant) {
        (self.value, self.ownerID, self.agreementID, self.at) = (value, ownerID, agreementID, at)
    }
}

public enum ExchangeError: Error, Sendable, Equatable {
    /// No live agreement covers the question. A defect of set-up, told to operators.
    case notCovered(String)
    /// The register or the way to it is down or too slow. Another try may help.
    case unavailable(String)
    /// An answer came, but its signature, digest or shape is wrong; it was thrown away.
    case untrusted(String)
}

public protocol Exchange: Sendable {
    func ask(_ request: ExchangeRequest) async throws(ExchangeError) -> ExchangeAnswer
}

public protocol EventSource: Sendable {
    /// What waits for a body that follows people by asking an event's operation. The same number may be asked for again: events come at
    /// least once, in their order. Each one fetched is a look at the person.
    ///
    /// - Parameter number: of the last event that was dealt with; 0 at the beginning.
    func events(_ feed: EventFeed, after number: Int64, limit: Int) async throws(ExchangeError) -> EventPage
}

/// The events that one body is told of one kind of change for one purpose.
public struct EventFeed: Sendable, Hashable {
    public let consumerID: String
    /// Such as `population.addressChanged`.
    public let operation: String
    public let purpose: String

    public init(consumerID: String, operation: String, purpose: String) {
        (self.consumerID, self.operation, self.purpose) = (consumerID, operation, purpose)
    }
}

/// That something about a person changed, minimised to the fields of the agreement.
public struct RegisterEvent: Sendable, Hashable {
    /// With `source` it is one change, however often it comes.
    public let id: String
    public let source: String
    public let operation: String
    public let number: Int64
    public let nationalNumber: String
    /// The person and the case of the message that asked for it; nil where the gateway does not know people by id.
    public let subjectID: String?
    public let caseID: String?
    /// When it happened, as the register says (RFC 3339).
    public let time: String?
    public let value: JSON

    public init(
        id: String, source: String, operation: String, number: Int64, nationalNumber: String, subjectID: String?, caseID: String?, time: String?,
        value: JSON
    ) {
        (self.id, self.source, self.operation, self.number) = (id, source, operation, number)
        (self.nationalNumber, self.subjectID, self.caseID, self.time, self.value) = (nationalNumber, subjectID, caseID, time, value)
    }
}

public struct EventPage: Sendable, Hashable {
    public let events: [RegisterEvent]
    /// What to ask for next.
    public let next: Int64
    /// Events before the first one here were kept no longer: ask for what holds now instead.
    public let hasGap: Bool

    public init(events: [RegisterEvent], next: Int64, hasGap: Bool) { (self.events, self.next, self.hasGap) = (events, next, hasGap) }
}

extension SignedExchange {
    /// How a gateway and the registers behind it sign to one another.
    public static let register = SignedExchange(tag: "zamin-register", requestFields: ["spine-client", "spine-purpose"])
}

/// How much a value in a register's answer tells of a person. Until a field has one, no agreement may name it.
public enum FieldClass: String, Sendable, CaseIterable {
    /// Tells nothing of anybody, such as yes or no to what was asked.
    case open
    case personal
    /// Of special sensitivity by the law on privacy: health, income, family status, criminal record.
    case sensitive
    /// By which somebody is found in other registers.
    case identifier
}

/// One value in the answers of an operation: a text, number or truth value.
public struct ExchangeField: Sendable, Hashable {
    /// `*` in place of an index means every item of a list.
    public let pointer: String
    /// As JSON Schema names it.
    public let type: String
    public let description: String
    public let fieldClass: FieldClass?

    public init(pointer: String, type: String, description: String, fieldClass: FieldClass?) {
        (self.pointer, self.type, self.description, self.fieldClass) = (pointer, type, description, fieldClass)
    }
}

/// What a register answers.
public struct ExchangeOperation: Sendable, Hashable {
    /// `register.operation`
    public let id: String
    public let serviceID: String
    public let ownerID: String
    public let name: LocalizedText
    public let fields: [ExchangeField]

    public init(id: String, serviceID: String, ownerID: String, name: LocalizedText, fields: [ExchangeField]) {
        (self.id, self.serviceID, self.ownerID, self.name, self.fields) = (id, serviceID, ownerID, name, fields)
    }
}

/// An agreement as it stands: its content, in what state, and when it last let a question through.
public struct AgreementState: Sendable, Hashable {
    public let content: JSON
    /// `live`, `suspended` or `ended`
    public let status: String
    public let since: Instant
    public let lastUsedAt: Instant?

    public init(content: JSON, status: String, since: Instant, lastUsedAt: Instant?) {
        (self.content, self.status, self.since, self.lastUsedAt) = (content, status, since, lastUsedAt)
    }

    public var id: String { content["id"]?.string ?? "" }
    public var version: Int { Int(content["version"]?.int ?? 0) }
    public var consumerID: String { content["consumer"]?.string ?? "" }
    public var providerID: String { content["provider"]?.string ?? "" }
}

/// Where agreements between bodies are put in force. What is signed there is the access right itself.
public protocol AgreementDesk: Sendable {
    /// Everything registers answer, by their newest descriptions.
    func operations(in connection: any Connection) throws -> [ExchangeOperation]
    /// Those of a body on either side that are not over, or of all bodies, in the order of their ids.
    func agreements(of bodyID: String?, in connection: any Connection) throws -> [AgreementState]
    func agreement(_ id: String, in connection: any Connection) throws -> AgreementState?
    /// What keeps this content from being an agreement in force, in words for an operator; nil when nothing does.
    func fault(in content: JSON) -> String?
    /// A body's signature (JWS) under the content, by the key of that body.
    func signature(under content: JSON, of bodyID: String) throws -> String
    /// Puts the content in force with both signatures, in place of the version before. Gateways follow within two seconds.
    func activate(_ content: JSON, signatures: [String: String], at time: Instant, in connection: any Connection) throws
    /// Stops an agreement. Gateways follow within two seconds.
    func suspend(_ id: String, at time: Instant, in connection: any Connection) throws
}

/// Which bodies hold a file on a person and are told what changes about her; nothing of what stands in it.
public protocol ReferenceDirectory: Sendable {
    /// - Parameter nationalNumber: nine digits.
    /// - Returns: those still in force, the oldest first.
    func references(to nationalNumber: String, on day: CalendarDate, in connection: any Connection) throws -> [BodyReference]
}

public struct BodyReference: Sendable, Hashable {
    public let bodyID: String
    /// The event it is told of, such as `population.addressChanged`.
    public let operation: String
    public let agreementID: String
    public let since: Instant
    /// The last day.
    public let until: CalendarDate

    public init(bodyID: String, operation: String, agreementID: String, since: Instant, until: CalendarDate) {
        (self.bodyID, self.operation, self.agreementID, self.since, self.until) = (bodyID, operation, agreementID, since, until)
    }
}
