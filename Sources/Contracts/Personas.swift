public import Database
public import Values

/// Signing in as somebody who is made up, without proof: given to nobody but the simulator.
public protocol Personas: Sendable {
    /// The made-up people, in their order.
    func cards(in connection: any Connection) throws -> [PersonCard]
    /// Whether nobody else is registered here.
    func areAlone(in connection: any Connection) throws -> Bool
    /// Opens a session for one of them.
    /// - Returns: the secret for the session cookie; nil for anybody else.
    func open(for subjectID: String, credential: Int, at time: Instant, in connection: any Connection) throws -> String?
}
