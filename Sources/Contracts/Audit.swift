public import Database
public import Values
public import Web

/// Why a body may see or change a person's data. Said honestly: most exchanges rest on law, not on consent.
public enum Basis: Sendable, Hashable {
    /// A provision of law, by its reference, such as `arnona-regulations-1993.2`.
    case law(String)
    /// A consent record's id.
    case consent(String)
    /// The person asked for the service that needs it; the id of the request, draft or case.
    case request(String)

    public var kind: String { switch self { case .law: "law"; case .consent: "consent"; case .request: "request" } }
    public var reference: String { switch self { case .law(let it), .consent(let it), .request(let it): it } }
    public init?(kind: String, reference: String) {
        switch kind {
        case "law": self = .law(reference)
        case "consent": self = .consent(reference)
        case "request": self = .request(reference)
        default: return nil
        }
    }
}

/// When a person sees a look in her list. Anything but `now` is set by law, and stands in the agreement that both bodies signed.
public enum LookVisibility: Sendable, Hashable {
    case now
    /// Some days after the look.
    case delayed(days: Int)
    /// As a number for each body and month, never as a line of its own.
    case countOnly
    /// Until the end of a day, by a provision of law. Nothing is hidden for ever.
    case hidden(law: String, until: CalendarDate)

    /// `now`, `delayed`, `count-only` or `hidden`.
    public var name: String {
        switch self {
        case .now: "now"
        case .delayed: "delayed"
        case .countOnly: "count-only"
        case .hidden: "hidden"
        }
    }

    public var json: JSON {
        switch self {
        case .now, .countOnly: ["class": .string(name)]
        case .delayed(let days): ["class": .string(name), "days": .int(Int64(days))]
        case .hidden(let law, let until): ["class": .string(name), "law": .string(law), "until": .string(until.description)]
        }
    }

    /// Nil for any other shape.
    public init?(json: JSON) {
        switch json["class"]?.string {
        case "now": self = .now
        case "count-only": self = .countOnly
        case "delayed":
            guard let days = json["days"]?.int, days > 0 else { return nil }
            self = .delayed(days: Int(days))
        case "hidden":
            guard let law = json["law"]?.string, let until = json["until"]?.string.flatMap({ CalendarDate($0) }) else { return nil }
            self = .hidden(law: law, until: until)
        default: return nil
        }
    }
}

/// One look at, or change of, a person's data: who, in what capacity, for which case, by what law or consent, which fields.
public struct AuditEntry: Sendable, Hashable {
    public enum Action: String, Sendable, CaseIterable { case read, write, fetch, decide, signIn, signOut, send, credential }

    /// The person or business the data is about.
    public var subjectID: String
    public var actorID: String
    public var actorName: String
    /// The body in whose name the actor acts; nil when a person looks at her own data.
    public var bodyID: String?
    public var role: String?
    /// The business for which a person acts who signs for it.
    public var representativeOf: String?
    /// The licence by which somebody acts in her profession, such as `physician 1-100017`.
    public var licence: String?
    /// The mandate by which a person acts for another.
    public var mandateID: String?
    public var action: Action
    /// What was done, as a key of the audit's texts (`audit.what.<code>`), such as `case.view` or `register.student-status`.
    public var what: String
    public var caseID: String?
    public var basis: Basis
    /// Of what came through the spine: the agreement that allowed it, and the provision on which that stands.
    public var agreementID: String?
    public var law: String?
    /// Names of what was seen or changed, such as `address` or `/income/0/amount`. Never values.
    public var fields: [String]
    /// When the person sees it.
    public var visibility: LookVisibility = .now
    public var at: Instant

    public init(
        subjectID: String, actor: Actor, action: Action, what: String, caseID: String? = nil, basis: Basis, fields: [String] = [], at: Instant
    ) {
        (self.subjectID, self.actorID, self.actorName) = (subjectID, actor.id, actor.name)
        switch actor.capacity {
        case .own: break
        case .office(let organisation, let role): (bodyID, self.role) = (organisation, role)
        case .representative(let business): representativeOf = business
        case .professional(let profession, let number): licence = "\(profession) \(number)"
        case .attorney(let mandate): mandateID = mandate.id
        }
        (self.action, self.what, self.caseID, self.basis, self.fields, self.at) = (action, what, caseID, basis, fields, at)
    }
}

/// The log that everybody who touches a person's data writes to, in the transaction that touches it.
public protocol AuditLog: Sendable {
    func record(_ entry: AuditEntry, in connection: any Connection) throws
}

/// That a body looked at a person's data in a register, as her list has it.
public struct PastLook: Sendable, Hashable {
    public let bodyID: String
    public let agreementID: String?
    /// Names of what was seen, as `AuditEntry.fields` has them.
    public let fields: [String]
    public let at: Instant
    /// Whether she sees it in her list now.
    public let isShown: Bool

    public init(bodyID: String, agreementID: String?, fields: [String], at: Instant, isShown: Bool) {
        (self.bodyID, self.agreementID, self.fields, self.at, self.isShown) = (bodyID, agreementID, fields, at, isShown)
    }
}

/// Who had what of a person from a register.
public protocol LookHistory: Sendable {
    /// Looks of bodies through an operation (`register.operation`), since a moment, the newest first; at most so many.
    func looks(
        at subjectID: String, through operation: String, since: Instant, now: Instant, limit: Int, in connection: any Connection
    ) throws -> [PastLook]
}
