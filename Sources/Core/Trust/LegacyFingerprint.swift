internal import Crypto
internal import Values

/// SHA-1 (FIPS 180-4), for lists that others publish under it. It protects nothing any more.
public enum LegacyFingerprint {
    /// 40 hexadecimal digits in capitals, of the UTF-8 bytes.
    public static func sha1Hex(of text: String) -> String { Hex.encode(Insecure.SHA1.hash(data: Array(text.utf8))).uppercased() }
}
