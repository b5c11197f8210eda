import Contracts
import Values
import Web

/// A body's request for data of another body.
struct TransferRequest: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        case draft
        /// Waits for the privacy officer and the legal adviser of the body that asks.
        case opinions
        /// Waits for the transfer committee of the body that holds the data.
        case committee
        /// Waits for the security officer of the body that holds the data.
        case security
        /// Waits for the signatures of both.
        case signing
        case live, refused, withdrawn

        var isOver: Bool { self == .live || self == .refused || self == .withdrawn }
    }

    let id: String
    let consumerID: String
    var providerID: String
    /// Its own, or that of the agreement it is to follow.
    let agreementID: String
    var state: State
    var edition: Int
    var title: String
    var terms: TransferTerms
    /// The content that is being signed.
    var final: JSON?
    let createdBy: String
    let createdAt: Instant
    var changedAt: Instant
}

/// Who must agree, in what order.
enum Opinion: String, Sendable, CaseIterable {
    case privacy, legal, committee, security

    var role: String {
        switch self {
        case .privacy: OfficerRole.privacyOfficer
        case .legal: OfficerRole.legalAdviser
        case .committee: OfficerRole.transferCommittee
        case .security: OfficerRole.securityOfficer
        }
    }

    var state: TransferRequest.State {
        switch self {
        case .privacy, .legal: .opinions
        case .committee: .committee
        case .security: .security
        }
    }

    func bodyID(of request: TransferRequest) -> String {
        switch self {
        case .privacy, .legal: request.consumerID
        case .committee, .security: request.providerID
        }
    }
}

enum Verdict: String, Sendable, CaseIterable {
    case approve
    /// Back to the body that asks, with what must be otherwise.
    case object
    /// The end of it: the committee alone may.
    case refuse
}

/// Something that happened to a request.
struct TransferAct: Sendable, Hashable {
    let id: String
    let edition: Int
    /// `created`, `handed-in`, `<opinion>-<verdict>`, `comment`, `signed`, `live`, `withdrawn`.
    let what: String
    let bodyID: String
    let officerID: String
    let officerName: String
    let note: String
    let at: Instant
}

extension TransferRequest {
    /// What is still to be said in this state, by what was said about this edition.
    func missing(_ acts: [TransferAct]) -> [Opinion] {
        Opinion.allCases.filter { $0.state == state && !acts.contains(Opinion.approval($0, edition)) }
    }

    /// The state after an approval, when nothing else is missing in this one.
    var next: State {
        switch state {
        case .opinions: .committee
        case .committee: .security
        case .security: .signing
        case .draft, .signing, .live, .refused, .withdrawn: state
        }
    }

    /// The opinion that somebody may give now. Nobody judges her own draft, and nobody twice.
    func opinion(of actor: Actor, _ acts: [TransferAct]) -> Opinion? {
        let hasJudged = acts.contains(where: { $0.edition == edition && $0.officerID == actor.id && $0.what.hasSuffix("-approve") })
        guard actor.id != createdBy, !hasJudged else { return nil }
        return missing(acts).first { $0.bodyID(of: self) == actor.organisation && actor.roles.contains($0.role) }
    }

    /// Whether somebody may sign for her body now.
    func maySign(_ actor: Actor, signed: Set<String>) -> Bool {
        guard state == .signing, let body = actor.organisation, [consumerID, providerID].contains(body), !signed.contains(body) else { return false }
        return actor.id != createdBy && actor.roles.contains(OfficerRole.signatory)
    }

    func mayEdit(_ actor: Actor) -> Bool {
        state == .draft && actor.organisation == consumerID && actor.roles.contains(OfficerRole.dataRequester)
    }
}

extension Opinion {
    fileprivate static func approval(_ opinion: Opinion, _ edition: Int) -> (TransferAct) -> Bool {
        { $0.edition == edition && $0.what == "\(opinion.rawValue)-\(Verdict.approve.rawValue)" }
    }
}

extension [TransferAct] {
    fileprivate func contains(_ test: (TransferAct) -> Bool) -> Bool { contains(where: test) }
}
