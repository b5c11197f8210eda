import Testing
import Trust
import Values

struct SignaturePolicyTests {
    private let key = SigningKey.generate()
    private let now = Instant(seconds: 1_800_000_000)
    private let policy = SignaturePolicy(requiredComponents: ["@method", "@target-uri", "content-digest"], tag: "spine", needsNonce: true)

    private func message() -> SignableMessage {
        .request(
            method: "POST", target: .init(scheme: "https", authority: "a.example", path: "/x"),
            headers: [.init("Content-Digest", ContentDigest.value(for: [1]))])
    }

    private func parameters(
        created: Int64? = 0, expires: Int64? = nil, algorithm: MessageAlgorithm? = nil, nonce: String? = "n", tag: String? = "spine"
    ) -> SignatureParameters {
        SignatureParameters(
            created: created.map { now.adding(seconds: $0) }, expires: expires.map { now.adding(seconds: $0) }, keyID: key.keyID,
            algorithm: algorithm, nonce: nonce, tag: tag)
    }

    @discardableResult
    private func check(
        _ parameters: SignatureParameters, components: [ComponentIdentifier] = ["@method", "@target-uri", "content-digest"],
        policy: SignaturePolicy? = nil, key: VerifyingKey? = nil
    ) throws -> MessageSignature {
        var message = message()
        message.headers += try MessageSignature.sign(
            message, components: components, parameters: parameters, by: .asymmetric(self.key)
        ).headers
        return try MessageSignature.verified(message, policy: policy ?? self.policy, now: now) {
            $0 == self.key.keyID ? .asymmetric(key ?? self.key.verifyingKey) : nil
        }
    }

    @Test func aFullSignatureIsAccepted() throws {
        let signature = try check(parameters(created: -300, expires: 1, algorithm: .ed25519))
        #expect(signature.parameters.keyID == key.keyID)
        #expect(signature.parameters.nonce == "n")
        #expect(signature.components == ["@method", "@target-uri", "content-digest"])
    }

    @Test func timesAreChecked() throws {
        try check(parameters(created: 30))
        try check(parameters(created: -330))
        try check(parameters(expires: -30))
        #expect(throws: MessageSignatureError.notYetValid) { try check(parameters(created: 31)) }
        #expect(throws: MessageSignatureError.expired) { try check(parameters(created: -331)) }
        #expect(throws: MessageSignatureError.expired) { try check(parameters(expires: -31)) }
        #expect(throws: MessageSignatureError.parameter("created")) { try check(parameters(created: nil)) }
        try check(parameters(created: nil), policy: SignaturePolicy(requiredComponents: [], ageLimitSeconds: nil))
    }

    @Test func whatMustBeThereIsChecked() throws {
        #expect(throws: MessageSignatureError.uncovered("\"content-digest\"")) {
            try check(parameters(), components: ["@method", "@target-uri"])
        }
        #expect(throws: MessageSignatureError.parameter("nonce")) { try check(parameters(nonce: nil)) }
        #expect(throws: MessageSignatureError.parameter("nonce")) { try check(parameters(nonce: "")) }
        #expect(throws: MessageSignatureError.unsigned) { try check(parameters(tag: "other")) }
        #expect(throws: MessageSignatureError.unsigned) { try check(parameters(tag: nil)) }
        #expect(throws: MessageSignatureError.unsigned) {
            try MessageSignature.verified(message(), policy: policy, now: now) { _ in nil }
        }
        #expect(throws: MessageSignatureError.parameter("nonce")) { try check(parameters(nonce: "naïve")) }
    }

    @Test func algorithmsComeFromTheKey() throws {
        let p256 = SigningKey.generate(.ecdsaP256)
        #expect(throws: MessageSignatureError.algorithm("ecdsa-p256-sha256")) { try check(parameters(algorithm: .ecdsaP256SHA256)) }
        #expect(throws: MessageSignatureError.algorithm("ed25519")) { try check(parameters(algorithm: .ed25519), key: p256.verifyingKey) }
        #expect(throws: MessageSignatureError.invalidSignature) { try check(parameters(), key: p256.verifyingKey) }
        #expect(throws: MessageSignatureError.invalidSignature) { try check(parameters(), key: SigningKey.generate().verifyingKey) }
        var narrow = policy
        narrow.algorithms = [.hmacSHA256]
        #expect(throws: MessageSignatureError.algorithm("ed25519")) { try check(parameters(), policy: narrow) }
        var message = message()
        message.headers += try MessageSignature.sign(
            message, components: policy.requiredComponents, parameters: parameters(), by: .shared(HMACKey(bytes: [1, 2, 3]))
        ).headers
        #expect(throws: MessageSignatureError.unknownKey(key.keyID)) {
            try MessageSignature.verified(message, policy: policy, now: now) { _ in nil }
        }
        #expect(throws: MessageSignatureError.algorithm("hmac-sha256")) {
            try MessageSignature.verified(message, policy: policy, now: now) { _ in .shared(HMACKey(bytes: [1, 2, 3])) }
        }
    }

    @Test func twoSignaturesForOneUseAreRefused() throws {
        var message = message()
        for label in ["one", "two"] {
            message.headers += try MessageSignature.sign(
                message, label: label, components: policy.requiredComponents, parameters: parameters(), by: .asymmetric(key)
            ).headers
        }
        #expect(throws: MessageSignatureError.malformed("several signatures for one use")) {
            try MessageSignature.verified(message, policy: policy, now: now) { _ in .asymmetric(key.verifyingKey) }
        }
        #expect(try MessageSignature.all(in: message).map(\.label) == ["one", "two"])
    }

    /// Each covered part is really bound: changing any one of them breaks the signature.
    @Test func everyCoveredPartIsBound() throws {
        let signed = try MessageSignature.sign(
            message(), components: policy.requiredComponents, parameters: parameters(), by: .asymmetric(key))
        func verify(_ method: String, _ path: String, _ digest: String, _ headers: [SignableMessage.Header]) throws {
            let message = SignableMessage.request(
                method: method, target: .init(scheme: "https", authority: "a.example", path: path),
                headers: [.init("content-digest", digest)] + headers)
            _ = try MessageSignature.verified(message, policy: policy, now: now) { _ in .asymmetric(key.verifyingKey) }
        }
        let digest = ContentDigest.value(for: [1])
        try verify("POST", "/x", digest, signed.headers)
        #expect(throws: MessageSignatureError.invalidSignature) { try verify("PUT", "/x", digest, signed.headers) }
        #expect(throws: MessageSignatureError.invalidSignature) { try verify("POST", "/y", digest, signed.headers) }
        #expect(throws: MessageSignatureError.invalidSignature) { try verify("POST", "/x", ContentDigest.value(for: [2]), signed.headers) }
        let input = signed.headers[0].value.replacing("nonce=\"n\"", with: "nonce=\"m\"")
        let altered = [SignableMessage.Header("Signature-Input", input), signed.headers[1]]
        #expect(throws: MessageSignatureError.invalidSignature) { try verify("POST", "/x", digest, altered) }
    }
}
