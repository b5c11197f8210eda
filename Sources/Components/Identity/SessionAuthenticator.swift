internal import Contracts
internal import Database
internal import Trust
internal import Values
public import Web

/// Finds the actor by the session cookie, in one point read.
public struct SessionAuthenticator: Authenticator {
    let database: any Database
    let store: IdentityStore
    let organisations: OrganisationNames
    let clock: TimeSource

    public func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        guard let hash = Token.hash(of: cookies[Dispatcher.sessionCookie]) else { return .anonymous }
        let (store, time) = (store, clock.now())
        guard let session = try await database.read({ try store.session(tokenHash: hash, in: $0) }), session.isLive(at: time) else {
            return .anonymous
        }
        if case .representative(let business) = session.capacity, let name = session.detail.organisationName {
            organisations.learn(name, of: business)
        }
        if time >= session.lastSeenAt.adding(seconds: Session.touchSeconds) {
            // A store that takes no writes just now is no reason to show the person less.
            try? await database.write { try store.touch(tokenHash: hash, at: time, in: $0) }
        }
        return session.actor
    }
}
