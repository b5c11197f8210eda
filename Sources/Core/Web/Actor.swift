/// How sure we are of someone, on two axes: how they proved who they are now, and how their identity was proved once.
public struct Assurance: Sendable, Hashable {
    /// 0 none · 1 password · 2 password and one-time code · 3 passkey or PKI.
    public var credential: Int
    /// 0 none · 1 one database · 2 two independent databases · 3 smart card or in person.
    public var proof: Int

    public init(credential: Int, proof: Int) { (self.credential, self.proof) = (credential, proof) }

    public static let none = Assurance(credential: 0, proof: 0)
    /// What the services of a state ask for: two factors now, two databases once.
    public static let substantial = Assurance(credential: 2, proof: 2)

    public func meets(_ floor: Assurance) -> Bool { credential >= floor.credential && proof >= floor.proof }
    /// `C2.P2`
    public var name: String { "C\(credential).P\(proof)" }
}

/// What a person lets another person do for her.
public struct Mandate: Sendable, Hashable {
    public let id: String
    /// The person acted for.
    public let principalID: String
    /// The services it is for; nil for all of them.
    public let services: Set<String>?
    /// Requests may be sent, answered and withdrawn, not only followed.
    public let mayAct: Bool

    public init(id: String, principalID: String, services: Set<String>?, mayAct: Bool) {
        (self.id, self.principalID, self.services, self.mayAct) = (id, principalID, services, mayAct)
    }

    /// One of which nothing is known yet but its id: it allows nothing.
    public static func unread(_ id: String, principalID: String = "") -> Mandate {
        Mandate(id: id, principalID: principalID, services: [], mayAct: false)
    }

    public func covers(_ service: String) -> Bool { services?.contains(service) ?? true }
}

/// In what role somebody acts. It is chosen after sign-in, shown on every page, and written in every audit row.
public enum Capacity: Sendable, Hashable {
    case own
    /// As an employee of an organisation, in one of its roles.
    case office(organisation: String, role: String)
    /// For an organisation outside the house, such as a business.
    case representative(of: String)
    /// As herself, in a profession for which a register says she is licensed.
    case professional(profession: String, licence: String)
    /// For another person who gave a mandate, or for a child.
    case attorney(Mandate)

    /// As forms carry it: `own`, `office:municipality-haifa:case-officer`, `business:515000003`, `professional:physician:1-100017`,
    /// `mandate:<id>`.
    public var code: String {
        switch self {
        case .own: "own"
        case .office(let organisation, let role): "office:\(organisation):\(role)"
        case .representative(let business): "business:\(business)"
        case .professional(let profession, let licence): "professional:\(profession):\(licence)"
        case .attorney(let mandate): "mandate:\(mandate.id)"
        }
    }
}

/// Who is acting. It is carried through every call, to the store and to the audit.
public struct Actor: Sendable, Hashable {
    public enum Kind: String, Sendable { case anonymous, person, client, system }

    public var kind: Kind
    /// The subject's internal id; empty when anonymous.
    public var id: String
    public var name: String
    public var sessionID: String
    public var assurance: Assurance
    public var capacity: Capacity
    /// Roles in the organisation acted for, such as `case-officer`; empty for everybody else.
    public var roles: Set<String>
    /// Scopes of a client.
    public var scopes: Set<String>
    /// True when this person holds any office, whether or not it is the capacity chosen now.
    public var holdsOffice: Bool

    public init(
        kind: Kind, id: String, name: String, sessionID: String = "", assurance: Assurance = .none, capacity: Capacity = .own,
        roles: Set<String> = [], scopes: Set<String> = [], holdsOffice: Bool = false
    ) {
        (self.kind, self.id, self.name, self.sessionID) = (kind, id, name, sessionID)
        (self.assurance, self.capacity, self.roles, self.scopes) = (assurance, capacity, roles, scopes)
        self.holdsOffice = holdsOffice
    }

    public static let anonymous = Actor(kind: .anonymous, id: "", name: "")
    /// Zamin itself: jobs, clocks, migrations.
    public static func system(_ name: String) -> Actor { Actor(kind: .system, id: "system:\(name)", name: name) }

    public var isSignedIn: Bool { kind == .person }

    /// Whose requests, drafts and papers this actor works with: those of the business or the person she acts for, else her own.
    public var subjectID: String { actsFor ?? id }

    /// The business or the person acted for now; nil when she acts for herself or in an office.
    public var actsFor: String? {
        switch capacity {
        case .own, .office, .professional: nil
        case .representative(let business): business
        case .attorney(let mandate): mandate.principalID
        }
    }

    /// The business acted for now, or nil.
    public var business: String? { if case .representative(let number) = capacity { number } else { nil } }

    /// By which she acts for another person now, or nil.
    public var mandate: Mandate? { if case .attorney(let mandate) = capacity { mandate } else { nil } }

    /// The organisation an officer acts for now, or nil.
    public var organisation: String? { if case .office(let organisation, _) = capacity { organisation } else { nil } }
}

/// Who may use a route. Every route names one; there is no default, so a forgotten one does not compile.
public enum Audience: Sendable, Hashable {
    case everyone
    /// Somebody signed in, at least this surely, acting for herself or a business.
    case person(Assurance)
    /// The same, or acting for another person: the handler asks whether the mandate covers what it shows or does.
    case applicant(Assurance)
    /// Somebody signed in, at least this surely, in whatever capacity: for what concerns her account itself.
    case signedIn(Assurance)
    /// An employee acting in her office, in this role (any role when nil).
    case officer(role: String?)
    /// A registered machine client with this scope.
    case client(scope: String)
    /// A peer whose message signature the handler itself checks before anything else. The reason stands in the table for auditors.
    case signedPeer(reason: String)
}

/// Finds out who sent a request, from its cookies or its token.
public protocol Authenticator: Sendable {
    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor
}

/// For servers where nobody signs in.
public struct NobodySignsIn: Authenticator {
    public init() {}
    public func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor { .anonymous }
}
