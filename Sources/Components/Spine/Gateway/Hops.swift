import Synchronization
import Trust
import Values

/// The ways to other gateways: some that are set, and those that the table of agreements came with. A way is kept as long as its address
/// and key stay the same, with its connections and its breaker.
final class Hops: Sendable {
    private let fixed: [Peer]
    private let key: SigningKey
    private let hop: HTTPHop
    private let clock: TimeSource
    private let made = Mutex<[String: SignedHop]>([:])

    init(_ fixed: [Peer], key: SigningKey, hop: HTTPHop, clock: TimeSource) throws(SpineError) {
        (self.fixed, self.key, self.hop, self.clock) = (fixed, key, hop, clock)
        for peer in fixed { _ = try BaseURL(setting: peer.baseURL) }
    }

    /// - Parameter listed: gateways of the table; they go before those that are set.
    func hop(to bodyID: String, listed: [Peer]) -> SignedHop? {
        guard let peer = (listed.filter { $0.key.keyID != key.keyID } + fixed).speaker(for: bodyID) else { return nil }
        let name = "\(peer.baseURL) \(peer.key.keyID)"
        return made.withLock { made in
            if let known = made[name] { return known }
            // A malformed address is nobody's.
            guard let new = try? SignedHop(to: peer, exchange: SpineEnvelope.exchange, key: key, hop: hop, clock: clock) else { return nil }
            made[name] = new
            return new
        }
    }
}
