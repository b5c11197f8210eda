public import Values

/// What a receiver demands of a signature before it believes it (RFC 9421 section 3.2.1).
public struct SignaturePolicy: Sendable {
    public var requiredComponents: [ComponentIdentifier]
    /// The `tag` of the application, so that a signature made for another use is not taken; nil takes any.
    public var tag: String?
    public var algorithms: Set<MessageAlgorithm>
    /// Counted from `created`, which is then required; nil asks for no age.
    public var ageLimitSeconds: Int64?
    /// How far the clocks of sender and receiver may differ.
    public var clockSkewSeconds: Int64
    /// A nonce is required; that it is new the caller checks, after the signature has been verified.
    public var needsNonce: Bool

    public init(
        requiredComponents: [ComponentIdentifier], tag: String? = nil, algorithms: Set<MessageAlgorithm> = [.ed25519, .ecdsaP256SHA256],
        ageLimitSeconds: Int64? = 300, clockSkewSeconds: Int64 = 30, needsNonce: Bool = false
    ) {
        self.requiredComponents = requiredComponents
        self.tag = tag
        self.algorithms = algorithms
        self.ageLimitSeconds = ageLimitSeconds
        self.clockSkewSeconds = clockSkewSeconds
        self.needsNonce = needsNonce
    }

    /// Checks everything but the signature itself.
    func check(_ signature: MessageSignature, now: Instant) throws(MessageSignatureError) {
        let parameters = signature.parameters
        for component in requiredComponents where !signature.components.contains(component) {
            throw .uncovered(component.description)
        }
        if let tag, parameters.tag != tag { throw .parameter("tag") }
        if needsNonce, parameters.nonce?.isEmpty ?? true { throw .parameter("nonce") }
        if let created = parameters.created, created > now.seconds + clockSkewSeconds { throw .notYetValid }
        if let expires = parameters.expires, expires < now.seconds - clockSkewSeconds { throw .expired }
        if let ageLimitSeconds {
            guard let created = parameters.created else { throw .parameter("created") }
            guard created >= now.seconds - ageLimitSeconds - clockSkewSeconds else { throw .expired }
        }
    }
}

extension MessageSignature {
    /// Verifies this signature over the message by a known key.
    public func verify(
        over message: SignableMessage, by key: MessageVerifyingKey, policy: SignaturePolicy, now: Instant
    ) throws(MessageSignatureError) {
        try policy.check(self, now: now)
        guard policy.algorithms.contains(key.algorithm) else { throw .algorithm(key.algorithm.rawValue) }
        if let algorithm = parameters.algorithm, algorithm != key.algorithm.rawValue { throw .algorithm(algorithm) }
        guard key.isValid(signature, over: try base(for: message)) else { throw .invalidSignature }
    }

    /// Finds the one signature that the policy's tag means (or the only one), and verifies it by the key that `key` finds for its
    /// `keyid`. Returns it, so that the caller knows who signed, what is covered, and the nonce.
    public static func verified(
        _ message: SignableMessage, policy: SignaturePolicy, now: Instant, key: (_ keyID: String?) -> MessageVerifyingKey?
    ) throws(MessageSignatureError) -> MessageSignature {
        let candidates = try all(in: message).filter { policy.tag == nil || $0.parameters.tag == policy.tag }
        guard let signature = candidates.first else { throw .unsigned }
        guard candidates.count == 1 else { throw .malformed("several signatures for one use") }
        // Before the key is looked for: what is stale or covers too little needs no look into a store.
        try policy.check(signature, now: now)
        guard let key = key(signature.parameters.keyID) else { throw .unknownKey(signature.parameters.keyID) }
        try signature.verify(over: message, by: key, policy: policy, now: now)
        return signature
    }
}
