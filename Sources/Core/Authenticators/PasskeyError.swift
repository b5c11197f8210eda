/// Why what a browser sent as a passkey is not believed.
public enum PasskeyError: Error, Sendable, Hashable {
    /// Not the JSON of Web Authentication Level 3 section 5.1, or not the bytes of section 6.
    case malformed(String)
    /// Made at another site, or in a frame of one.
    case otherSite
    /// The person did not show the authenticator, by PIN or body, that it is she.
    case notVerified
    /// An algorithm or attestation that was not asked for.
    case unsupported(String)
    case wrongSignature
}
