internal import Crypto
internal import Values

/// A SHA-256 value in a Merkle tree, kept in place without an allocation of its own.
public struct MerkleHash: Sendable, Hashable, CustomStringConvertible {
    public static let byteCount = 32
    private let words: SIMD4<UInt64>

    /// Nil unless there are exactly 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == MerkleHash.byteCount else { return nil }
        self.init(unchecked: bytes[...])
    }

    private init(unchecked bytes: ArraySlice<UInt8>) {
        words = bytes.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    private init(_ hasher: SHA256) {
        words = hasher.finalize().withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    public var bytes: [UInt8] { withUnsafeBytes(of: words) { Array($0) } }
    public func write(into output: inout [UInt8]) { withUnsafeBytes(of: words) { output.append(contentsOf: $0) } }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hex.encode(bytes) }

    /// Reads hashes that lie one behind another; nil unless the length is a multiple of 32.
    public static func list(_ bytes: [UInt8]) -> [MerkleHash]? {
        guard bytes.count.isMultiple(of: byteCount) else { return nil }
        return stride(from: 0, to: bytes.count, by: byteCount).map { MerkleHash(unchecked: bytes[$0..<$0 + byteCount]) }
    }

    public static func bytes(_ hashes: [MerkleHash]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(hashes.count * byteCount)
        for hash in hashes { hash.write(into: &output) }
        return output
    }

    /// `SHA-256()` (RFC 9162 section 2.1.1).
    static let empty = MerkleHash(SHA256())

    /// `SHA-256(0x00 ‖ content)`.
    static func leaf(_ content: [UInt8]) -> MerkleHash {
        var hasher = SHA256()
        withUnsafeBytes(of: 0 as UInt8) { hasher.update(bufferPointer: $0) }
        content.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return MerkleHash(hasher)
    }

    /// `SHA-256(0x01 ‖ left ‖ right)`.
    static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        var hasher = SHA256()
        withUnsafeBytes(of: 1 as UInt8) { hasher.update(bufferPointer: $0) }
        withUnsafeBytes(of: left.words) { hasher.update(bufferPointer: $0) }
        withUnsafeBytes(of: right.words) { hasher.update(bufferPointer: $0) }
        return MerkleHash(hasher)
    }
}
