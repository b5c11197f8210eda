import AsyncHTTPClient
import Database
import Jobs
import NIOCore
import NIOHTTP1
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

    /// - Throws: `JobError.hopeless` for a client that says that it will not take it; anything else is tried again.
    func deliver(_ job: Job) async throws {
        guard let clientID = job.payload["client"]?.string, let subject = job.payload["subject"]?.string, let session = job.payload["session"]?.string
        else { throw JobError.unreadablePayload(job.id) }
        let clients = clients
        guard let party = try await database.read({ try clients.find(clientID, in: $0) }), let address = party.backChannelURI else { return }
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let token = try await logoutToken(party, subject: subject, session: session, id: job.id)
        request.body = .bytes(ByteBuffer(string: "logout_token=\(PercentEncoding.encode(token))"))
        let response = try await client.execute(request, timeout: .seconds(LogoutNotice.timeoutSeconds))
        switch response.status.code {
        case 200, 204: return
        case 400: throw JobError.hopeless("\(clientID) refused the logout token")
        default: throw LogoutNotTaken(clientID: clientID, status: Int(response.status.code))
        }
    }

    /// Section 2.4. The id stays the same when it is sent again.
    private func logoutToken(_ party: Client, subject: String, session: String, id: String) async throws -> String {
        let time = clock.now()
        let claims: JSON = [
            "iss": .string(issuer), "sub": .string(pairwise(subject, sector: party.sector)), "aud": .string(party.id), "iat": .int(time.seconds),
            "exp": .int(time.seconds + LogoutNotice.lifeSeconds), "jti": .string(id), "events": .object([LogoutNotice.event: [:]]),
            "sid": .string(sessionName(session, at: party)),
        ]
        return try JWS.sign(claims.bytes, by: try await keys.signing(at: time), type: "logout+jwt")
    }
}

struct LogoutNotTaken: Error, CustomStringConvertible {
    let clientID: String
    let status: Int
    var description: String { "\(clientID) answered \(status)" }
}
