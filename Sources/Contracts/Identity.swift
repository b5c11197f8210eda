public import Database
public import Language
public import Values
public import Web

/// What other modules may know of a registered person.
public struct PersonCard: Sendable, Hashable {
    public let id: String
    public let givenName: String
    public let familyName: String
    public let birthDate: CalendarDate
    public let email: String
    public let phone: String?
    public let language: Language
    public var fullName: String { "\(givenName) \(familyName)" }

    public init(id: String, givenName: String, familyName: String, birthDate: CalendarDate, email: String, phone: String?, language: Language) {
        (self.id, self.givenName, self.familyName, self.birthDate) = (id, givenName, familyName, birthDate)
        (self.email, self.phone, self.language) = (email, phone, language)
    }
}

public protocol People: Sendable {
    func card(of id: String, in connection: any Connection) throws -> PersonCard?
    /// The nine digits. Who calls this leaves an audit row.
    func nationalNumber(of id: String, in connection: any Connection) throws -> String?
    /// The subject with this national number, when registered.
    func subject(nationalNumber: String, in connection: any Connection) throws -> String?
    /// Officers of a body who hold one of these roles.
    func officers(of bodyID: String, role: String?, in connection: any Connection) throws -> [PersonCard]
}

/// Roles an officer may hold. They are names in data, not types: a body may have more.
public enum OfficerRole {
    /// Works on cases of the body.
    public static let caseOfficer = "case-officer"
    /// Runs the platform: sees jobs, agreements and the log's health, but no person's data.
    public static let administrator = "administrator"
    /// Manages the officers of the own body.
    public static let bodyAdministrator = "body-administrator"
    /// Proves people's identity face to face.
    public static let identityOfficer = "identity-officer"
    /// Registers the body's systems at which people sign in.
    public static let developer = "developer"
    /// Approves what developers register.
    public static let clientReviewer = "client-reviewer"

    /// Asks for data of other bodies.
    public static let dataRequester = "data-requester"
    /// Looks after the privacy of those whose data the body has.
    public static let privacyOfficer = "privacy-officer"
    public static let legalAdviser = "legal-adviser"
    /// Decides for the body what others may have of its data.
    public static let transferCommittee = "transfer-committee"
    public static let securityOfficer = "security-officer"
    /// Signs agreements for the body.
    public static let signatory = "signatory"

    public static let transfers = [dataRequester, privacyOfficer, legalAdviser, transferCommittee, securityOfficer, signatory]
    public static let all = [caseOfficer, administrator, bodyAdministrator, identityOfficer, developer, clientReviewer] + transfers

    /// Where the work of a role begins, without the language prefix.
    public static func home(of role: String) -> String {
        switch role {
        case administrator, bodyAdministrator: "/desk/officers"
        case identityOfficer: "/desk/identities"
        case developer, clientReviewer: "/desk/systems"
        case _ where transfers.contains(role): "/desk/transfers"
        default: "/desk"
        }
    }
}

/// How somebody came to be signed in, for modules that vouch for it to others.
public struct SignIn: Sendable, Hashable {
    public let sessionID: String
    public let subjectID: String
    public let at: Instant
    public let assurance: Assurance
    public let expiresAt: Instant
    /// In what capacity she acts now.
    public let capacity: Capacity
    /// When the register, or the list of officers, last said that it is hers.
    public let capacityCheckedAt: Instant?

    public init(
        sessionID: String, subjectID: String, at: Instant, assurance: Assurance, expiresAt: Instant, capacity: Capacity = .own,
        capacityCheckedAt: Instant? = nil
    ) {
        (self.sessionID, self.subjectID, self.at, self.assurance, self.expiresAt) = (sessionID, subjectID, at, assurance, expiresAt)
        (self.capacity, self.capacityCheckedAt) = (capacity, capacityCheckedAt)
    }
}

/// Who is signed in. Sessions that somebody ends, not those that run out, are told by events with the person's id as key:
/// `identity.sessionEnded` with `{"session"}`, and `identity.sessionsEnded` for all of them but `{"but"}`.
public protocol SignIns: Sendable {
    /// A sign-in that is still good; nil when its session has ended.
    func signIn(session id: String, of subjectID: String, at time: Instant, in connection: any Connection) throws -> SignIn?
    /// Whether a session is there, and held for the transaction: who ends it at this moment waits, or is run again.
    func hold(session id: String, of subjectID: String, in connection: any Connection) throws -> Bool
    /// Signs the actor out of the session she is in. Whoever calls this drops her session cookie.
    func end(sessionOf actor: Actor, at time: Instant, in connection: any Connection) throws
}
