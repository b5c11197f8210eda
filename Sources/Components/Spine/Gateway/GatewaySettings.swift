public import Trust
public import Values

/// What a gateway takes to start.
public struct GatewaySettings: Sendable {
    /// Scheme and host with port under which peers call this gateway: part of what they sign.
    public var baseURL: String
    public var key: SigningKey
    /// What local systems must send as `Authorization: Bearer …`; at least 32 characters.
    public var localToken: String
    /// Gateways of providers, to which questions go. Empty where nobody asks.
    public var providers: [Peer]
    /// Gateways of consumers, from which questions come. Empty where nobody is answered.
    public var consumers: [Peer]
    /// The registers behind this gateway; the bodies of each are their owners.
    public var registers: [Peer]
    public var services: RegisterDirectory
    /// How long a register may think.
    public var registerTimeoutMilliseconds: Int64
    /// How long a peer may, its register included.
    public var peerTimeoutMilliseconds: Int64
    /// Shown to peers that are called by `https`.
    public var tls: PeerTLS?
    /// The body does not know people by the centre's ids: a look is told by the national number in the question.
    var namesPeopleByNumber = false
    public var clock: TimeSource

    public init(
        baseURL: String, key: SigningKey, localToken: String, providers: [Peer] = [], consumers: [Peer] = [], registers: [Peer] = [],
        services: RegisterDirectory, registerTimeoutMilliseconds: Int64 = 3_000, peerTimeoutMilliseconds: Int64 = 4_000,
        tls: PeerTLS? = nil, clock: TimeSource = .wallClock
    ) {
        (self.baseURL, self.key, self.localToken) = (baseURL, key, localToken)
        (self.providers, self.consumers, self.registers, self.services) = (providers, consumers, registers, services)
        self.registerTimeoutMilliseconds = registerTimeoutMilliseconds
        self.peerTimeoutMilliseconds = peerTimeoutMilliseconds
        (self.tls, self.clock) = (tls, clock)
    }
}
