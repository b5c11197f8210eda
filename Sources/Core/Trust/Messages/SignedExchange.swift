public import Values

/// Questions and answers between two parties who know each other's keys: a `Content-Digest` over each body (RFC 9530), a signature over
/// each message (RFC 9421), and the answer's signature covers the question's (`;req`), so that no answer can be moved to another question.
public struct SignedExchange: Sendable {
    /// The application, as the `tag` of every signature.
    public let tag: String
    /// Fields of the request that are signed besides `@method`, `@target-uri` and `content-digest`; each must be there.
    public let requestFields: [String]
    private let policy: SignaturePolicy

    /// - Parameter ageLimitSeconds: how old a signature may be. Receivers remember nonces for that long.
    public init(tag: String, requestFields: [String] = [], ageLimitSeconds: Int64 = 60) {
        (self.tag, self.requestFields) = (tag, requestFields)
        policy = SignaturePolicy(
            requiredComponents: ["@method", "@target-uri", "content-digest"] + requestFields.map { ComponentIdentifier($0) }, tag: tag,
            ageLimitSeconds: ageLimitSeconds, clockSkewSeconds: 5, needsNonce: true)
    }

    private static let answerComponents: [ComponentIdentifier] = [
        "@status", "content-digest", ComponentIdentifier("@method", ofRequest: true), ComponentIdentifier("@target-uri", ofRequest: true),
        ComponentIdentifier("signature", ofRequest: true),
    ]

    /// The request with its digest and signature.
    public func signed(
        request: SignableMessage, body: [UInt8], by key: SigningKey, now: Instant
    ) throws(MessageSignatureError) -> SignableMessage {
        try signed(request, body, policy.requiredComponents, key, now, nonce: RandomToken.make(bytes: 18))
    }

    /// The answer with its digest and signature. `answer` was made with the signed request it answers.
    public func signed(
        answer: SignableMessage, body: [UInt8], by key: SigningKey, now: Instant
    ) throws(MessageSignatureError) -> SignableMessage {
        try signed(answer, body, SignedExchange.answerComponents, key, now, nonce: nil)
    }

    private func signed(
        _ message: SignableMessage, _ body: [UInt8], _ components: [ComponentIdentifier], _ key: SigningKey, _ now: Instant, nonce: String?
    ) throws(MessageSignatureError) -> SignableMessage {
        var message = message
        message.headers.append(.init("Content-Digest", ContentDigest.value(for: body)))
        let parameters = SignatureParameters(created: now, keyID: key.keyID, nonce: nonce, tag: tag)
        message.headers += try MessageSignature.sign(message, components: components, parameters: parameters, by: .asymmetric(key)).headers
        return message
    }

    /// Checks a request: signature, age, digest. That its nonce is new, the receiver checks with a `ReplayWindow`.
    public func verify(
        request: SignableMessage, body: [UInt8], now: Instant, key: (_ keyID: String?) -> VerifyingKey?
    ) throws(MessageSignatureError) -> MessageSignature {
        try verified(request, body, policy, now, key)
    }

    /// Checks an answer, which was made with the request as it was sent.
    public func verify(answer: SignableMessage, body: [UInt8], now: Instant, key: VerifyingKey) throws(MessageSignatureError) {
        var policy = policy
        policy.requiredComponents = SignedExchange.answerComponents
        policy.needsNonce = false
        _ = try verified(answer, body, policy, now) { $0 == key.keyID ? key : nil }
    }

    private func verified(
        _ message: SignableMessage, _ body: [UInt8], _ policy: SignaturePolicy, _ now: Instant, _ key: (String?) -> VerifyingKey?
    ) throws(MessageSignatureError) -> MessageSignature {
        let signature = try MessageSignature.verified(message, policy: policy, now: now) { key($0).map(MessageVerifyingKey.asymmetric) }
        guard let digest = message.combinedValue(of: "content-digest") else { throw .missingComponent("content-digest") }
        do { try ContentDigest.verify(digest, content: body) } catch { throw .unsignableValue("content-digest") }
        return signature
    }
}
