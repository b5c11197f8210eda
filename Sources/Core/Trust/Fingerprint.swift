internal import Crypto
internal import Values

/// SHA-256 (FIPS 180-4) of some content, in the writing its reader needs.
public enum Fingerprint {
    /// 32 bytes.
    public static func bytes(of content: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: content)) }

    /// 64 lower-case hexadecimal digits.
    public static func hex(of content: [UInt8]) -> String { Hex.encode(bytes(of: content)) }

    /// 64 lower-case hexadecimal digits, of the UTF-8 bytes.
    public static func hex(of text: String) -> String { hex(of: Array(text.utf8)) }

    /// 43 characters of base64url: what an ETag or a PKCE challenge (RFC 7636) carries.
    public static func base64URL(of content: [UInt8]) -> String { Base64.encodeURL(bytes(of: content)) }
}

/// SHA-256 of content that arrives in parts, such as an upload.
public struct FingerprintAccumulator: Sendable {
    private var hasher = SHA256()

    public init() {}
    public mutating func append(_ part: [UInt8]) { hasher.update(data: part) }

    /// 32 bytes over everything appended so far; more may be appended afterwards.
    public var bytes: [UInt8] { Array(hasher.finalize()) }
}
