internal import CFido2
internal import Trust
public import Values

/// A new passkey, as `navigator.credentials.create` gives it (`RegistrationResponseJSON`, Web Authentication Level 3 section 5.1.8).
public struct PasskeyRegistration: Sendable {
    /// The caller sees whether it gave this out, and takes it once.
    public let challenge: [UInt8]
    private let client: ClientData
    private let authenticator: AuthenticatorData
    private let format: String
    private let statement: [String: CBOR]

    public init(_ json: JSON) throws(PasskeyError) {
        client = try ClientData(json["response"]?["clientDataJSON"]?.string, type: "webauthn.create")
        guard let object = json["response"]?["attestationObject"]?.string.flatMap(Base64.decodeURL).flatMap(CBOR.init)?.asMap,
            let format = object["fmt"]?.asText, let statement = object["attStmt"]?.asMap, let data = object["authData"]?.asBytes
        else { throw .malformed("attestationObject") }
        (challenge, self.format, self.statement) = (client.challenge, format, statement)
        authenticator = try AuthenticatorData(data)
    }

    /// Section 7.1, from step 7 on. No attestation is asked for; of those that browsers give all the same, `packed` is verified.
    /// - Returns: the passkey and its signature counter.
    public func verify(at site: RelyingParty) throws(PasskeyError) -> (passkey: Passkey, signatureCount: UInt32) {
        guard Fido.isReady else { throw .unsupported("libfido2") }
        try client.check(at: site)
        try authenticator.check(at: site)
        guard authenticator.flags.contains(.hasCredential) else { throw .malformed("attested credential data") }
        for algorithm in Passkey.Algorithm.allCases {
            var credential = fido_cred_new()
            defer { fido_cred_free(&credential) }
            guard fido_cred_set_type(credential, algorithm.rawValue) == FIDO_OK,
                fido_cred_set_authdata_raw(credential, authenticator.bytes, authenticator.bytes.count) == FIDO_OK
            else { continue }
            try checkAttestation(credential, algorithm, site)
            let id = PasskeyRegistration.bytes(fido_cred_id_ptr(credential), fido_cred_id_len(credential))
            let key = PasskeyRegistration.bytes(fido_cred_pubkey_ptr(credential), fido_cred_pubkey_len(credential))
            guard (1...1_023).contains(id.count), !key.isEmpty else { throw .malformed("credential id or public key") }
            let passkey = Passkey(
                credentialID: id, algorithm: algorithm, publicKey: key, isBackedUp: authenticator.flags.contains(.isBackedUp))
            return (passkey, fido_cred_sigcount(credential))
        }
        throw .unsupported("the algorithm of the key")
    }

    private func checkAttestation(_ credential: OpaquePointer?, _ algorithm: Passkey.Algorithm, _ site: RelyingParty) throws(PasskeyError) {
        switch format {
        case "none":
            guard statement.isEmpty else { throw .malformed("attStmt") }
        case "packed":
            guard let signature = statement["sig"]?.asBytes, statement["alg"] == .number(Int64(algorithm.rawValue)) || statement["x5c"] != nil else {
                throw .malformed("attStmt")
            }
            var isSet = fido_cred_set_fmt(credential, format) == FIDO_OK && fido_cred_set_rp(credential, site.id, nil) == FIDO_OK
                && fido_cred_set_uv(credential, FIDO_OPT_TRUE) == FIDO_OK && fido_cred_set_sig(credential, signature, signature.count) == FIDO_OK
                && fido_cred_set_clientdata_hash(credential, client.hash, client.hash.count) == FIDO_OK
            if let certificate = statement["x5c"]?.asList?.first?.asBytes {
                isSet = isSet && fido_cred_set_x509(credential, certificate, certificate.count) == FIDO_OK
                guard isSet, fido_cred_verify(credential) == FIDO_OK else { throw .wrongSignature }
            } else {
                guard isSet, fido_cred_verify_self(credential) == FIDO_OK else { throw .wrongSignature }
            }
        default: throw .unsupported("attestation")
        }
    }

    private static func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        start.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
    }
}
