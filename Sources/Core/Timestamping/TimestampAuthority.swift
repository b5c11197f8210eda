import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Trust
public import Values

/// An authority that says when bytes were there (RFC 3161), and the certificates by which its word is believed.
public struct TimestampAuthority: Sendable, Hashable {
    /// Where it takes requests (section 3.4).
    public let url: String
    /// Root certificates as PEM, read anew for each token.
    public let authoritiesPath: String
    /// How often it is asked.
    public let secondsApart: Int64

    public static let usualSecondsApart: Int64 = 600

    public init(url: String, authoritiesPath: String, secondsApart: Int64 = usualSecondsApart) {
        (self.url, self.authoritiesPath, self.secondsApart) = (url, authoritiesPath, secondsApart)
    }

    /// Asks for a token over the SHA-256 hash of some bytes; the authority never sees the bytes. What comes back is checked before it is
    /// returned: its status, its nonce, its hash, its signature up to one of the authorities.
    public func stamp(_ bytes: [UInt8]) async throws(TimestampError) -> TimestampToken {
        let query = try TimestampQuery(over: bytes)
        return try TimestampToken(reply: try await send(query.der), to: query, authoritiesPath: authoritiesPath)
    }

    /// Checks a token that was kept, as of the time it names: that the authority's certificate has since run out does not matter.
    public func check(_ token: [UInt8], over bytes: [UInt8]) throws(TimestampError) -> TimestampToken {
        try TimestampToken(der: token, hash: Fingerprint.bytes(of: bytes), nonce: nil, authoritiesPath: authoritiesPath)
    }

    private func send(_ query: [UInt8]) async throws(TimestampError) -> [UInt8] {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/timestamp-query")
        request.body = .bytes(ByteBuffer(bytes: query))
        let status: UInt
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            if response.status == .ok { return Array(buffer: try await response.body.collect(upTo: TimestampAuthority.replyLimit)) }
            status = response.status.code
        } catch { throw .unreachable("\(error)") }
        throw .unreachable("HTTP \(status)")
    }

    /// Bytes of a reply. One with three certificates has some 6,000.
    private static let replyLimit = 64 * 1024
}

/// Why there is no time stamp, or none to believe.
public enum TimestampError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreachable(String)
    /// The authority's `PKIStatus` (RFC 3161 section 2.4.2), which is neither `granted` nor `grantedWithMods`.
    case refused(Int)
    /// No reply or token at all.
    case unreadable
    /// Of something else, of another request, or not signed by an authority that is believed. OpenSSL's words.
    case untrusted(String)
    /// The file of certificates cannot be read.
    case noAuthorities(String)

    public var description: String {
        switch self {
        case .unreachable(let reason): "the time-stamping authority gives no answer: \(reason)"
        case .refused(let status): "the time-stamping authority refused: status \(status)"
        case .unreadable: "it is no time stamp"
        case .untrusted(let reason): "the time stamp is not to be believed: \(reason)"
        case .noAuthorities(let path): "\(path): no certificates of time-stamping authorities can be read there"
        }
    }
}
