import HTTPTypes
import Trust
import Web

/// The body's own systems, which a gateway knows by a secret they share with it.
struct LocalSystems: Sendable {
    static let audience = Audience.signedPeer(reason: "shared secret of the local systems")
    private let expected: String

    /// - Throws: `SpineError.setting` for a secret of less than 32 bytes.
    init(token: String) throws(SpineError) {
        guard token.utf8.count >= 32 else { throw .setting("the gateway's local token is shorter than 32 characters") }
        expected = "Bearer \(token)"
    }

    /// Throws 401 for anybody else.
    func check(_ call: Call) throws(Problem) {
        guard constantTimeEquals(call.headers[.authorization] ?? "", expected) else { throw Problem(401, "spine.not-trusted", ["reason": "bearer"]) }
    }
}
