import Trust
import Web

/// Merchants by the bearer key of their calls (RFC 6750). People who pay are nobody in particular.
struct MerchantAuthenticator: Authenticator {
    static let scope = "payments"
    let merchants: [Merchant]

    func actor(cookies: [String: String], authorization: String?, remoteAddress: String) async throws -> Actor {
        guard let authorization, authorization.hasPrefix("Bearer ") else { return .anonymous }
        // Compared by hash, so that the time says nothing of the key, not even its length.
        let given = Fingerprint.bytes(of: Array(authorization.dropFirst(7).utf8))
        let found = merchants.first { constantTimeEquals(Fingerprint.bytes(of: Array($0.apiKey.utf8)), given) }
        return found.map { Actor(kind: .client, id: $0.id, name: $0.id, scopes: [MerchantAuthenticator.scope]) } ?? .anonymous
    }
}
