import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization
import Trust
import Values

/// Key sets that clients publish at an address of theirs (`jwks_uri`, RFC 7591 section 2), fetched when they are needed and kept for an hour.
/// A set that does not know a key is fetched anew, once a minute at most; while the address does not answer, the last one stays good.
final class ClientKeys: Sendable {
    static let keepSeconds: Int64 = 3_600
    static let retrySeconds: Int64 = 60
    static let bytesMax = 64 * 1_024
    static let timeoutSeconds: Int64 = 5

    private struct Known {
        var keys: JWKSet?
        var triedAt: Instant
    }

    private let known = Mutex<[String: Known]>([:])
    private let fetch: @Sendable (_ address: String) async -> JWKSet?

    /// - Parameter fetch: nil for what the address does not answer well.
    init(fetch: @escaping @Sendable (_ address: String) async -> JWKSet?) { self.fetch = fetch }

    convenience init(http: HTTPClient) { self.init { await ClientKeys.fetch($0, http) } }

    /// - Parameter keyID: the key that must be among them.
    func keys(at address: String, for keyID: String?, at time: Instant) async -> JWKSet? {
        let kept = known.withLock { $0[address] }
        if let kept {
            let isYoung = time < kept.triedAt.adding(seconds: ClientKeys.keepSeconds)
            let knowsKey = kept.keys.map { $0.key(for: keyID) != nil } ?? false
            if isYoung && knowsKey || time < kept.triedAt.adding(seconds: ClientKeys.retrySeconds) { return kept.keys }
        }
        let fresh = await fetch(address)
        return known.withLock { known in
            let keys = fresh ?? known[address]?.keys
            known[address] = Known(keys: keys, triedAt: time)
            return keys
        }
    }

    /// Nil when it does not answer, or answers something else. Redirects are not followed.
    private static func fetch(_ address: String, _ http: HTTPClient) async -> JWKSet? {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
        guard let response = try? await http.execute(request, timeout: .seconds(ClientKeys.timeoutSeconds)), response.status == .ok,
            let body = try? await response.body.collect(upTo: ClientKeys.bytesMax), let json = try? JSON.parse(Array(body.readableBytesView)),
            let keys = try? JWKSet(json), !keys.keys.isEmpty
        else { return nil }
        return keys
    }
}
