internal import Crypto

/// Why a `Content-Digest` is not accepted.
public enum ContentDigestError: Error, Equatable {
    case malformed
    /// No digest of an algorithm in use.
    case unsupported
    /// The content is not the one that was digested.
    case mismatch
}

/// The `Content-Digest` field (RFC 9530 section 2): binds a signature to the content.
public enum ContentDigest {
    /// The active algorithms of RFC 9530 section 5, by their names in the registry.
    public enum Algorithm: String, Sendable, CaseIterable {
        case sha256 = "sha-256"
        case sha512 = "sha-512"

        func digest(_ content: [UInt8]) -> [UInt8] {
            switch self {
            case .sha256: Array(SHA256.hash(data: content))
            case .sha512: Array(SHA512.hash(data: content))
            }
        }
    }

    /// The field value: `sha-256=:…:`.
    public static func value(for content: [UInt8], _ algorithms: [Algorithm] = [.sha256]) -> String {
        algorithms.map { "\($0.rawValue)=\(StructuredField.BareItem.bytes($0.digest(content)).text)" }.joined(separator: ", ")
    }

    /// Checks every digest of an algorithm in use; there must be at least one, and digests of other algorithms are passed over.
    public static func verify(_ value: String, content: [UInt8]) throws(ContentDigestError) {
        guard let dictionary = try? StructuredFieldParser.dictionary(value) else { throw .malformed }
        var isChecked = false
        for entry in dictionary.entries {
            guard case .item(let item) = entry.member, case .bytes(let digest) = item.value else { throw .malformed }
            guard let algorithm = Algorithm(rawValue: entry.key) else { continue }
            guard constantTimeEquals(digest, algorithm.digest(content)) else { throw .mismatch }
            isChecked = true
        }
        guard isChecked else { throw .unsupported }
    }
}
