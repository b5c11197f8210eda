import HTTPTypes
import Synchronization
import Trust
import Values
import Web

/// Proof that whoever calls holds the key that a token is bound to (RFC 9449).
struct DPoPProof: Sendable {
    /// The thumbprint of the key.
    let thumbprint: String
    let nonce: String?
    let jti: String

    static let ageMaxSeconds: Int64 = 60
    static let skewSeconds: Int64 = 10

    /// Checks a proof by section 4.3, all but the nonce and whether it was seen before.
    /// - Parameters:
    ///   - address: the address asked, without query and fragment.
    ///   - accessToken: given at a resource, whose proofs name the token.
    init(_ header: String, method: String, address: String, accessToken: String?, at time: Instant) throws(OAuthError) {
        let (jws, key): (JWS, VerifyingKey)
        do { (jws, key) = try JWS.verifyEmbedded(header, type: "dpop+jwt") } catch {
            throw OAuthError(.invalidDPoPProof, "the proof is no JWT of the type dpop+jwt signed by the public key in its header")
        }
        guard let claims = try? JSON.parse(jws.payload) else { throw OAuthError(.invalidDPoPProof, "the proof has no claims") }
        guard claims["htm"]?.string == method else { throw OAuthError(.invalidDPoPProof, "htm is not the method") }
        guard DPoPProof.isSame(claims["htu"]?.string, address) else { throw OAuthError(.invalidDPoPProof, "htu is not the address") }
        let now = time.seconds
        let believed = now - DPoPProof.ageMaxSeconds - DPoPProof.skewSeconds...now + DPoPProof.ageMaxSeconds + DPoPProof.skewSeconds
        guard let issued = claims["iat"]?.int, believed.contains(issued) else {
            throw OAuthError(.invalidDPoPProof, "iat is missing or not now")
        }
        if let accessToken {
            guard claims["ath"]?.string == Fingerprint.base64URL(of: Array(accessToken.utf8)) else {
                throw OAuthError(.invalidDPoPProof, "ath is not the hash of the access token")
            }
        }
        guard let jti = claims["jti"]?.string, (1...256).contains(jti.utf8.count) else { throw OAuthError(.invalidDPoPProof, "jti is missing") }
        (thumbprint, nonce, self.jti) = (key.thumbprint, claims["nonce"]?.string, jti)
    }

    /// Scheme and host in any case, without query and fragment (RFC 9449 section 4.3, point 9; RFC 3986 section 6.2).
    private static func isSame(_ given: String?, _ address: String) -> Bool {
        guard let given, given.utf8.count <= 2_000 else { return false }
        let bare = String(given.prefix { $0 != "?" && $0 != "#" })
        func parts(_ text: String) -> (origin: String, path: String) {
            let scheme = text.firstRange(of: "://")?.upperBound ?? text.startIndex
            let end = text[scheme...].firstIndex(of: "/") ?? text.endIndex
            return (text[..<end].lowercased(), String(text[end...]))
        }
        return parts(bare) == parts(address)
    }
}

/// Proofs seen so far, for as long as they could be believed. In memory: a proof carries a nonce of ours as well, and after a start of the
/// process only nonces are believed that were given out since.
final class ProofWindow: Sendable {
    private struct Seen {
        var young: Set<[UInt8]> = []
        var old: Set<[UInt8]> = []
        var began: Int64 = 0
    }

    /// In one period; beyond them proofs are refused rather than believed unseen.
    static let limit = 1_000_000
    private static let periodSeconds = 2 * (DPoPProof.ageMaxSeconds + DPoPProof.skewSeconds)
    private let seen = Mutex(Seen())

    /// True the first time.
    func admit(_ proof: DPoPProof, at time: Instant) -> Bool {
        let proof = Array(Fingerprint.bytes(of: Array("\(proof.thumbprint) \(proof.jti)".utf8)).prefix(16))
        return seen.withLock { seen in
            if time.seconds - seen.began >= ProofWindow.periodSeconds {
                let isLongAgo = time.seconds - seen.began >= 2 * ProofWindow.periodSeconds
                seen = Seen(young: [], old: isLongAgo ? [] : seen.young, began: time.seconds)
            }
            guard seen.young.count < ProofWindow.limit, !seen.old.contains(proof) else { return false }
            return seen.young.insert(proof).inserted
        }
    }
}

/// Nonces that the server gives out for proofs (RFC 9449 section 8): a time and its code, so that nothing has to be kept.
struct DPoPNonces: Sendable {
    static let lifeSeconds: Int64 = 120
    let key: HMACKey
    /// Of this process: nonces from before its start are not believed, since what was proved with them has been forgotten.
    let startedAt: Instant

    func make(at time: Instant) -> String { "\(time.seconds).\(code(time.seconds))" }

    func isValid(_ nonce: String, at time: Instant) -> Bool {
        let parts = nonce.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let seconds = Int64(parts[0]), seconds >= startedAt.seconds, seconds <= time.seconds + DPoPProof.skewSeconds,
            time.seconds - seconds <= DPoPNonces.lifeSeconds
        else { return false }
        return constantTimeEquals(String(parts[1]), code(seconds))
    }

    private func code(_ seconds: Int64) -> String { Base64.encodeURL(key.code(for: Array("dpop-nonce:\(seconds)".utf8)).prefix(18)) }
}

extension OpenID {
    /// The proof that came with a call, with a nonce of ours in it. Without one the caller is told a nonce and asks again. It is good once:
    /// `use` it when all else about the call is right, so that nobody but those who may call can fill the window.
    func proof(_ call: Call, path: String, accessToken: String? = nil) throws(OAuthError) -> DPoPProof {
        let headers = call.headers[values: .dpop]
        guard headers.count == 1, let header = headers.first else { throw OAuthError(.invalidDPoPProof, "one DPoP header is required") }
        let time = clock.now()
        let proof = try DPoPProof(
            header, method: call.method.rawValue, address: issuer + path, accessToken: accessToken, at: time)
        guard let nonce = proof.nonce, nonces.isValid(nonce, at: time) else {
            throw OAuthError(.useDPoPNonce, "the proof must carry the nonce of the field DPoP-Nonce")
        }
        return proof
    }

    func use(_ proof: DPoPProof) throws(OAuthError) {
        guard proofs.admit(proof, at: clock.now()) else { throw OAuthError(.invalidDPoPProof, "the proof was used before") }
    }

    /// The same answer with a nonce for the next proof.
    func withNonce(_ reply: Reply) -> Reply {
        var reply = reply
        reply.headers[.dpopNonce] = nonces.make(at: clock.now())
        return reply
    }
}
