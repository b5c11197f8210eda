import Contracts
import Database
import Values
import Web

/// How somebody came to be signed in.
struct IdentitySignIns: SignIns {
    let store: IdentityStore

    func signIn(session id: String, of subjectID: String, at time: Instant, in connection: any Connection) throws -> SignIn? {
        guard let session = try store.session(id: id, of: subjectID, in: connection), session.isLive(at: time) else { return nil }
        return SignIn(
            sessionID: session.id, subjectID: session.subjectID, at: session.createdAt, assurance: session.assurance, expiresAt: session.expiresAt)
    }
}
