import Contracts
import Language
import Values
import Web

/// That somebody is to begin an office, or to end one, from the proposal to its end.
struct Appointment: Sendable, Hashable {
    enum Kind: String, Sendable { case begin, end }

    enum State: String, Sendable {
        /// Waits for another administrator.
        case proposed
        /// Waits for the person.
        case invited
        case accepted, declined, refused, withdrawn, expired
        /// An end that was confirmed.
        case done
    }

    static let daysOpen: Int64 = 14

    let bodyID: String
    let id: String
    let kind: Kind
    let role: String
    let unitID: String?
    /// Nil while nobody with the number is registered.
    let subjectID: String?
    let from: CalendarDate
    let to: CalendarDate?
    let state: State
    let proposerID: String
    let createdAt: Instant
    let expiresAt: Instant
}

/// A part of a body.
struct Unit: Sendable, Hashable {
    let bodyID: String
    let id: String
    let parentID: String?
    let name: LocalizedText
}

/// Who may do what to whom.
enum OfficeRules {
    /// Roles with which one could take over others' power: two people give and take them.
    static let powerful: Set<String> = [
        OfficerRole.administrator, OfficerRole.bodyAdministrator, OfficerRole.clientReviewer, OfficerRole.identityOfficer, OfficerRole.transferCommittee,
        OfficerRole.signatory,
    ]
    /// After so many days somebody must say that an office is still needed.
    static let renewalDays = 365

    /// Bodies whose officers the actor manages: an administrator of the platform all, one of a body his own.
    static func mayManage(_ actor: Actor, bodyID: String) -> Bool {
        guard case .office(let own, let role) = actor.capacity else { return false }
        return role == OfficerRole.administrator || (role == OfficerRole.bodyAdministrator && own == bodyID)
    }

    /// Platform administrators are made by platform administrators, and at the authority alone.
    static func mayPropose(_ role: String, at bodyID: String, authority: String, _ actor: Actor) -> Bool {
        guard mayManage(actor, bodyID: bodyID), OfficerRole.all.contains(role) else { return false }
        guard role == OfficerRole.administrator || role == OfficerRole.clientReviewer else { return true }
        return bodyID == authority && actor.roles.contains(OfficerRole.administrator)
    }

    /// Another person who might have proposed it himself; never the one it is about.
    static func mayConfirm(_ appointment: Appointment, authority: String, _ actor: Actor) -> Bool {
        appointment.state == .proposed && actor.id != appointment.proposerID && actor.id != appointment.subjectID
            && mayPropose(appointment.role, at: appointment.bodyID, authority: authority, actor)
    }

    static func isDue(confirmedOn: CalendarDate, today: CalendarDate) -> Bool { confirmedOn.adding(days: renewalDays) <= today }
}
