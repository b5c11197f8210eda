import Contracts
import Database
import Jobs
import Language
import Values
import Web

/// From a developer's form to a live client, as verbs on the module.
extension OpenID {
    enum ApplicationFault: Error {
        /// Another body has a system by this name.
        case taken
        /// It was decided meanwhile.
        case over
        /// Nobody reviews what he registered himself.
        case own
    }

    /// Keeps a new version, to be reviewed; what is for trying out is there at once.
    func submit(_ content: JSON, by actor: Actor, at bodyID: String) async throws -> Application {
        let (applications, clients, time) = (applications, clients, clock.now())
        let id = content["client_id"]?.string ?? ""
        return try await database.write { connection in
            let versions = try applications.versions(of: id, in: connection)
            let owner = try versions.first?.bodyID ?? clients.find(id, in: connection)?.bodyID
            guard owner == nil || owner == bodyID else { throw ApplicationFault.taken }
            for former in versions where former.state == .submitted {
                _ = try applications.move(former, to: .replaced, at: time, in: connection)
            }
            let application = Application(
                clientID: id, version: (versions.first?.version ?? 0) + 1, bodyID: bodyID, content: content, state: .submitted, applicantID: actor.id,
                reviewerID: nil, reason: nil, createdAt: time, decidedAt: nil)
            try applications.insert(application, in: connection)
            if let test = application.testMetadata { try clients.save(Application.testID(of: id), test, at: time, in: connection) }
            try askForReview(application, by: actor, in: connection)
            return application
        }
    }

    /// Another pair of eyes has looked: the version is live from now on.
    func approve(_ clientID: String, version: Int64, by actor: Actor) async throws {
        let (applications, clients, time) = (applications, clients, clock.now())
        try await database.write { connection in
            let versions = try applications.versions(of: clientID, in: connection)
            let application = try reviewable(versions, version, by: actor)
            guard try applications.move(application, to: .live, reviewer: actor.id, at: time, in: connection) else { throw ApplicationFault.over }
            for former in versions where former.state == .live { _ = try applications.move(former, to: .replaced, at: time, in: connection) }
            try clients.save(clientID, application.metadata, at: time, in: connection)
            try tell(application, "openid.approved", ["name": name(of: application)], in: connection)
        }
    }

    func refuse(_ clientID: String, version: Int64, reason: String, by actor: Actor) async throws {
        let (applications, time) = (applications, clock.now())
        try await database.write { connection in
            let application = try reviewable(try applications.versions(of: clientID, in: connection), version, by: actor)
            guard try applications.move(application, to: .refused, reviewer: actor.id, reason: reason, at: time, in: connection) else {
                throw ApplicationFault.over
            }
            try tell(application, "openid.refused", ["name": name(of: application), "reason": reason], in: connection)
        }
    }

    private func reviewable(_ versions: [Application], _ version: Int64, by actor: Actor) throws -> Application {
        guard let application = versions.first(where: { $0.version == version }) else { throw Problem.notFound }
        guard application.state == .submitted else { throw ApplicationFault.over }
        guard application.applicantID != actor.id else { throw ApplicationFault.own }
        return application
    }

    /// Takes a system away at once, with all that came of sign-ins at it.
    func retire(_ clientID: String, by actor: Actor, at bodyID: String) async throws {
        let (applications, clients, grants, time) = (applications, clients, grants, clock.now())
        try await database.write { connection in
            let versions = try applications.versions(of: clientID, in: connection)
            guard let newest = versions.first, newest.bodyID == bodyID, newest.state != .retired else { throw ApplicationFault.over }
            for former in versions where former.state == .submitted || former.state == .live {
                _ = try applications.move(former, to: .replaced, at: time, in: connection)
            }
            try applications.insert(
                Application(
                    clientID: clientID, version: newest.version + 1, bodyID: bodyID, content: newest.content, state: .retired, applicantID: actor.id,
                    reviewerID: nil, reason: nil, createdAt: time, decidedAt: time), in: connection)
            for id in [clientID, Application.testID(of: clientID)] {
                try clients.retire(id, at: time, in: connection)
                try grants.revokeAll(ofClient: id, at: time, in: connection)
            }
        }
    }

    /// Tries again to tell a client of the end of a session.
    func tellAgain(_ clientID: String, session: String) async throws {
        let (applications, time) = (applications, clock.now())
        try await database.write { connection in
            guard let untaken = try applications.untaken(by: clientID, limit: 1_000, in: connection).first(where: { $0.sessionID == session }) else {
                throw Problem.notFound
            }
            try JobQueue.enqueue(
                LogoutNotice.job, ["client": .string(clientID), "subject": .string(untaken.subjectID), "session": .string(session)], runAt: time,
                uniqueKey: "\(LogoutNotice.job):\(clientID):\(session):\(time.seconds / 60)", in: connection)
        }
    }

    private func name(of application: Application) -> String {
        application.content["client_name#he"]?.string ?? application.content["client_name"]?.string ?? application.clientID
    }

    private func tell(_ application: Application, _ template: String, _ values: [String: String], in connection: any Connection) throws {
        try postman.send(
            Notice(
                recipientID: application.applicantID, bodyID: authority, template: template, values: values,
                link: "/desk/systems", idempotencyKey: "\(template):\(application.clientID):\(application.version)"), in: connection)
    }

    private func askForReview(_ application: Application, by actor: Actor, in connection: any Connection) throws {
        for card in try people.officers(of: authority, role: OfficerRole.clientReviewer, in: connection) where card.id != actor.id {
            try postman.send(
                Notice(
                    recipientID: card.id, bodyID: application.bodyID, template: "openid.to-review", values: ["name": name(of: application)],
                    link: "/desk/systems", idempotencyKey: "openid.to-review:\(application.clientID):\(application.version)"), in: connection)
        }
    }
}
