#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An IPv4 or IPv6 address as its 4 or 16 bytes. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is IPv4.
struct IPAddress: Sendable, Hashable {
    let bytes: [UInt8]

    init?(_ text: String) {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let all = withUnsafeBytes(of: six) { Array($0) }
            bytes = all[..<12].elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) ? Array(all[12...]) : all
        } else {
            return nil
        }
    }

    /// Its first bits, the others zero.
    func network(bits: Int) -> [UInt8] {
        bytes.enumerated().map { place, byte in
            let kept = min(8, max(0, bits - place * 8))
            return kept == 0 ? 0 : byte & (0xFF << UInt8(8 - kept))
        }
    }

    /// What one caller can choose an address from: all of an IPv4 address, and the 64 bits of a network of IPv6, of which a household has
    /// at least one to itself (RFC 6177).
    static func callerKey(_ address: String) -> String {
        guard let parsed = IPAddress(address) else { return address }
        guard parsed.bytes.count == 16 else { return address }
        return parsed.network(bits: 64).prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
    }
}
