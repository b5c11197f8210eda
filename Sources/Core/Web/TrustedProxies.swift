public import HTTPTypes

/// The reverse proxies in front of a server. A connection from one of them speaks for somebody else, whose address it wrote into
/// `X-Forwarded-For`; whatever anybody else writes there is not believed.
public struct TrustedProxies: Sendable, Hashable {
    private let networks: [Network]

    public init() { networks = [] }

    /// - Parameter list: addresses and networks with commas between, such as `127.0.0.1, 10.0.0.0/8, fd00::/8`. Nil when one is malformed.
    public init?(_ list: String) {
        var networks: [Network] = []
        for item in list.split(separator: ",").map({ trim(String($0)) }) where !item.isEmpty {
            guard let network = Network(item) else { return nil }
            networks.append(network)
        }
        self.networks = networks
    }

    /// Who is calling: going back along the chain, the first address that is no proxy of ours.
    func caller(connection: String, headers: HTTPFields) -> String {
        guard trusts(connection) else { return connection }
        let chain = headers[values: HTTPField.Name("X-Forwarded-For")!].flatMap { $0.split(separator: ",") }.map { trim(String($0)) }
        for address in chain.reversed() where IPAddress(address) == nil || !trusts(address) {
            // What is no address was not written by a proxy that can be trusted.
            return IPAddress(address) == nil ? connection : address
        }
        return chain.first ?? connection
    }

    private func trusts(_ address: String) -> Bool {
        guard let address = IPAddress(address) else { return false }
        return networks.contains { $0.holds(address) }
    }

    private struct Network: Sendable, Hashable {
        let address: IPAddress
        let bits: Int

        init?(_ text: String) {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
            let all = address.bytes.count * 8
            guard parts.count < 2 || Int(parts[1]).map({ (0...all).contains($0) }) == true else { return nil }
            (self.address, bits) = (address, parts.count < 2 ? all : Int(parts[1]) ?? all)
        }

        func holds(_ other: IPAddress) -> Bool {
            address.bytes.count == other.bytes.count && address.network(bits: bits) == other.network(bits: bits)
        }
    }
}
