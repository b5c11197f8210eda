internal import CFido2
internal import Trust
public import Values

/// A sign-in by passkey, as `navigator.credentials.get` gives it (`AuthenticationResponseJSON`, Web Authentication Level 3 section 5.1.8).
public struct PasskeyAssertion: Sendable {
    public let credentialID: [UInt8]
    /// The caller sees whether it gave this out, and takes it once.
    public let challenge: [UInt8]
    /// What the site called the person when the passkey was made.
    public let userHandle: [UInt8]?
    private let client: ClientData
    private let authenticator: AuthenticatorData
    private let signature: [UInt8]

    public init(_ json: JSON) throws(PasskeyError) {
        let response = json["response"]
        guard let id = json["rawId"]?.string.flatMap(Base64.decodeURL), (1...1_023).contains(id.count) else { throw .malformed("rawId") }
        guard let data = response?["authenticatorData"]?.string.flatMap(Base64.decodeURL) else { throw .malformed("authenticatorData") }
        guard let signature = response?["signature"]?.string.flatMap(Base64.decodeURL), (1...1_024).contains(signature.count) else {
            throw .malformed("signature")
        }
        client = try ClientData(response?["clientDataJSON"]?.string, type: "webauthn.get")
        authenticator = try AuthenticatorData(data)
        (credentialID, challenge, self.signature) = (id, client.challenge, signature)
        userHandle = response?["userHandle"]?.string.flatMap(Base64.decodeURL)
    }

    /// Section 7.2, from step 10 on. That the signature counter has grown is for the caller to see.
    /// - Returns: the signature counter; 0 where the authenticator keeps none.
    public func verify(by passkey: Passkey, at site: RelyingParty) throws(PasskeyError) -> UInt32 {
        guard Fido.isReady else { throw .unsupported("libfido2") }
        guard passkey.credentialID == credentialID else { throw .wrongSignature }
        try client.check(at: site)
        try authenticator.check(at: site)
        var assertion = fido_assert_new()
        defer { fido_assert_free(&assertion) }
        let isSet = fido_assert_set_count(assertion, 1) == FIDO_OK && fido_assert_set_rp(assertion, site.id) == FIDO_OK
            && fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK && fido_assert_set_uv(assertion, FIDO_OPT_TRUE) == FIDO_OK
            && fido_assert_set_clientdata_hash(assertion, client.hash, client.hash.count) == FIDO_OK
            && fido_assert_set_authdata_raw(assertion, 0, authenticator.bytes, authenticator.bytes.count) == FIDO_OK
            && fido_assert_set_sig(assertion, 0, signature, signature.count) == FIDO_OK
        guard isSet else { throw .malformed("authenticatorData") }
        guard PasskeyAssertion.isSigned(assertion, by: passkey) else { throw .wrongSignature }
        return fido_assert_sigcount(assertion, 0)
    }

    private static func isSigned(_ assertion: OpaquePointer?, by passkey: Passkey) -> Bool {
        let (bytes, count) = (passkey.publicKey, passkey.publicKey.count)
        func verify(_ key: OpaquePointer?, _ isRead: Bool) -> Bool {
            isRead && fido_assert_verify(assertion, 0, passkey.algorithm.rawValue, key.map { UnsafeRawPointer($0) }) == FIDO_OK
        }
        switch passkey.algorithm {
        case .es256:
            var key = es256_pk_new()
            defer { es256_pk_free(&key) }
            return verify(key, es256_pk_from_ptr(key, bytes, count) == FIDO_OK)
        case .edDSA:
            var key = eddsa_pk_new()
            defer { eddsa_pk_free(&key) }
            return verify(key, eddsa_pk_from_ptr(key, bytes, count) == FIDO_OK)
        case .rs256:
            var key = rs256_pk_new()
            defer { rs256_pk_free(&key) }
            return verify(key, rs256_pk_from_ptr(key, bytes, count) == FIDO_OK)
        }
    }
}
