internal import Synchronization
public import Values

/// Remembers the nonces of signed requests for as long as the requests are young enough to be believed, so that each is believed once.
/// It holds them in memory: what was signed before the window opened is refused, since this process cannot know whether an earlier one
/// has taken it already.
public final class ReplayWindow: Sendable {
    private struct Nonces {
        /// Of the present and of the last period; a nonce is remembered for at least one period.
        var young: Set<String> = []
        var old: Set<String> = []
        var began: Int64
    }

    /// Nonces remembered in a period; beyond them requests are refused rather than believed unseen.
    public static let nonceLimit = 1_000_000
    private let periodSeconds: Int64
    private let openedSeconds: Int64
    private let nonces: Mutex<Nonces>

    /// - Parameter ageLimitSeconds: at least the age up to which a signature is believed, the difference of clocks included.
    public init(ageLimitSeconds: Int64 = 75, now: Instant) {
        (periodSeconds, openedSeconds) = (ageLimitSeconds, now.seconds)
        nonces = Mutex(Nonces(began: now.seconds))
    }

    /// True the first time, false for a request seen before, one older than the window, or one without nonce or time.
    public func admit(_ parameters: SignatureParameters, now: Instant) -> Bool {
        guard let nonce = parameters.nonce, nonce.utf8.count <= 128, let created = parameters.created, created >= openedSeconds,
            created >= now.seconds - periodSeconds
        else { return false }
        let key = "\(parameters.keyID ?? "") \(nonce)"
        return nonces.withLock { nonces in
            if now.seconds - nonces.began >= periodSeconds {
                let isLongAgo = now.seconds - nonces.began >= 2 * periodSeconds
                (nonces.old, nonces.young, nonces.began) = (isLongAgo ? [] : nonces.young, [], now.seconds)
            }
            guard nonces.young.count < ReplayWindow.nonceLimit, !nonces.old.contains(key) else { return false }
            return nonces.young.insert(key).inserted
        }
    }
}
