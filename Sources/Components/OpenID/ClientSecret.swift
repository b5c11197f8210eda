import Database
import HTTPTypes
import Trust
import Values
import Web

/// How a client of the legacy profile proves who it is: by a secret, in the header or in the form (RFC 6749 section 2.3.1).
struct ClientSecret: Sendable {
    let clientID: String
    private let secret: String

    /// Nil when no secret is there. A call by two methods is refused.
    init?(_ header: String?, _ fields: Fields) throws(OAuthError) {
        let isBasic = header?.lowercased().hasPrefix("basic ") ?? false
        guard isBasic || fields["client_secret"] != nil else { return nil }
        guard fields["client_assertion"] == nil, !isBasic || fields["client_secret"] == nil else {
            throw OAuthError(.invalidRequest, "only one way to authenticate the client may be used")
        }
        if let header, isBasic {
            let pair = Base64.decode(header.dropFirst(6).trimmingSpaces).flatMap { String(validating: $0, as: UTF8.self) }?
                .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let pair, pair.count == 2, let id = ClientSecret.decode(pair[0]), let secret = ClientSecret.decode(pair[1]) else {
                throw OAuthError(.invalidClient, "the Authorization field is not readable")
            }
            if let named = fields["client_id"], named != id { throw OAuthError(.invalidClient, "client_id is another than in the Authorization field") }
            (clientID, self.secret) = (id, secret)
        } else {
            guard let id = fields["client_id"], let secret = fields["client_secret"] else { throw OAuthError(.invalidClient, "client_id is missing") }
            (clientID, self.secret) = (id, secret)
        }
    }

    func isSecret(of client: Client) -> Bool {
        guard let hash = client.secretHash, secret.utf8.count <= 200 else { return false }
        return constantTimeEquals(Fingerprint.hex(of: secret), hash)
    }

    /// `application/x-www-form-urlencoded`, as the section asks for inside the header.
    private static func decode(_ text: Substring) -> String? {
        (try? Fields.parse(urlEncoded: Array("value=\(text)".utf8)))?["value"]
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}

extension OpenID {
    /// A new secret for a client of the legacy profile, in the place of the one before. It is told this once: only its hash is kept.
    ///
    /// - Parameter isFirst: make one only where there is none.
    /// - Returns: nil when there is no such client, it is of the strict profile, or has a secret already.
    public func makeSecret(of clientID: String, isFirst: Bool = false) async throws -> String? {
        let (clients, secret) = (clients, RandomToken.make(bytes: 32))
        let isSet = try await database.write { connection in
            guard let client = try clients.find(clientID, in: connection), client.profile != .strict,
                !isFirst || client.secretHash == nil
            else { return false }
            return try clients.set(secretHash: Fingerprint.hex(of: secret), of: clientID, in: connection)
        }
        return isSet ? secret : nil
    }
}
