import AsyncHTTPClient
import Database
import Jobs
import NIOCore
import NIOHTTP1
import Synchronization
import Trust
import Values
import Web

/// Telling a client that a session has ended (OpenID Connect Back-Channel Logout 1.0): a signed token by POST, again and again until it is taken.
enum LogoutNotice {
    static let job = "openid.logout"
    static let event = "http://schemas.openid.net/event/backchannel-logout"
    static let timeoutSeconds: Int64 = 5
    static let lifeSeconds: Int64 = 120
    /// For about a day; an operator sees what was given up.
    static let retry = JobRegistry.Retry(tries: 300, secondsApart: 300)
}

/// Clients that did not answer just now: nobody connects to them for a while, and never twice at once, so that one that hangs holds up no other work.
final class RestingClients: Sendable {
    private static let restSeconds: Int64 = 15
    private let state = Mutex<(until: [String: Instant], busy: Set<String>)>(([:], []))

    /// False while the client rests or is being told something.
    func begin(_ clientID: String, at time: Instant) -> Bool {
        state.withLock { state in
            if let until = state.until[clientID], time < until { return false }
            return state.busy.insert(clientID).inserted
        }
    }

    func end(_ clientID: String, isWell: Bool, at time: Instant) {
        state.withLock { state in
            state.busy.remove(clientID)
            state.until[clientID] = isWell ? nil : time.adding(seconds: RestingClients.restSeconds)
        }
    }
}

extension OpenID {
    /// Leaves a notice for each client at which a session, or all but one, was used.
    func tellClients(of subjectID: String, session: String?, but kept: String = "", at time: Instant, in connection: any Connection) throws {
        for place in try grants.places(of: subjectID, session: session, but: kept, at: time, in: connection) {
            guard try clients.find(place.clientID, in: connection)?.backChannelURI != nil else { continue }
            try JobQueue.enqueue(
                LogoutNotice.job, ["client": .string(place.clientID), "subject": .string(subjectID), "session": .string(place.sessionID)],
                runAt: time, uniqueKey: "\(LogoutNotice.job):\(place.clientID):\(place.sessionID)", in: connection)
        }
    }

    /// Leaves a notice for one client, of each of its sessions.
    func tellClient(_ client: Client, of subjectID: String, at time: Instant, in connection: any Connection) throws {
        guard client.backChannelURI != nil else { return }
        for place in try grants.places(of: subjectID, session: nil, but: "", at: time, in: connection) where place.clientID == client.id {
            try JobQueue.enqueue(
                LogoutNotice.job, ["client": .string(client.id), "subject": .string(subjectID), "session": .string(place.sessionID)], runAt: time,
                uniqueKey: "\(LogoutNotice.job):\(client.id):\(place.sessionID):withdrawn", in: connection)
        }
    }

    /// - Throws: `JobError.hopeless` for a client that says that it will not take it; anything else is tried again.
    func deliver(_ job: Job) async throws {
        guard let clientID = job.payload["client"]?.string, let subject = job.payload["subject"]?.string, let session = job.payload["session"]?.string
        else { throw JobError.unreadablePayload(job.id) }
        let clients = clients
        guard let party = try await database.read({ try clients.find(clientID, in: $0) }), let address = party.backChannelURI else { return }
        guard resting.begin(clientID, at: clock.now()) else { throw LogoutNotTaken(clientID: clientID, status: 0) }
        var isWell = false
        defer { resting.end(clientID, isWell: isWell, at: clock.now()) }
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let token = try await logoutToken(party, subject: subject, session: session)
        request.body = .bytes(ByteBuffer(string: "logout_token=\(PercentEncoding.encode(token))"))
        let status = try? await http.execute(request, timeout: .seconds(LogoutNotice.timeoutSeconds)).status.code
        isWell = (status ?? 599) < 500
        try await keepOutcome(clientID, subject, session, status: Int(status ?? 0))
        switch status {
        case 200, 204: return
        case 400: throw JobError.hopeless("\(clientID) refused the logout token")
        default: throw LogoutNotTaken(clientID: clientID, status: Int(status ?? 0))
        }
    }

    /// So that the client's developers see what it has not taken.
    private func keepOutcome(_ clientID: String, _ subject: String, _ session: String, status: Int) async throws {
        let (applications, time) = (applications, clock.now())
        try await database.write { connection in
            if status == 200 || status == 204 { return try applications.taken(clientID, session: session, in: connection) }
            try applications.untaken(clientID, subject: subject, session: session, status: status, isRefused: status == 400, at: time, in: connection)
        }
    }

    /// Section 2.4. Each try has an id of its own: a client that has taken one and whose answer was lost would refuse the same again.
    private func logoutToken(_ party: Client, subject: String, session: String) async throws -> String {
        let time = clock.now()
        let claims: JSON = [
            "iss": .string(issuer), "sub": .string(pairwise(subject, sector: party.sector)), "aud": .string(party.id), "iat": .int(time.seconds),
            "exp": .int(time.seconds + LogoutNotice.lifeSeconds), "jti": .string(RandomToken.make(bytes: 16)), "events": .object([LogoutNotice.event: [:]]),
            "sid": .string(sessionName(session, at: party)),
        ]
        return try JWS.sign(claims.bytes, by: try await keys.signing(at: time), type: "logout+jwt")
    }
}

struct LogoutNotTaken: Error, CustomStringConvertible {
    let clientID: String
    let status: Int
    var description: String { status == 0 ? "\(clientID) did not answer just now" : "\(clientID) answered \(status)" }
}
