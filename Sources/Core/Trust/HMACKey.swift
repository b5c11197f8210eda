internal import Crypto

/// A key that authenticates bytes by HMAC-SHA256 (RFC 2104).
public struct HMACKey: Sendable {
    private let key: SymmetricKey

    public init(bytes: [UInt8]) { key = SymmetricKey(data: bytes) }
    init(_ key: SymmetricKey) { self.key = key }

    /// 32 bytes.
    public func code(for content: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: content, using: key))
    }

    /// Compares in constant time; false for a code of any other length.
    public func isValid(_ code: [UInt8], for content: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: content, using: key)
    }
}
