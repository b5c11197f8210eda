/// Where a tile lies: tile `index` of tile level `level` holds the nodes of tree level `8 · level` from `256 · index` on
/// (C2SP tlog-tiles).
public struct TilePosition: Sendable, Hashable {
    public let level: Int
    public let index: Int

    public init(level: Int, index: Int) {
        self.level = level
        self.index = index
    }

    /// `tile/<level>/<index>[.p/<width>]`, the index in groups of three digits with `x` before all but the last, as in
    /// `tile/0/x001/x234/067` (C2SP tlog-tiles). `width` is below 256 for a tile that is still growing.
    public func path(width: Int = MerkleTile.width) -> String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            groups.append((groups.isEmpty ? "" : "x") + String(repeating: "0", count: 3 - digits.count) + digits)
            rest /= 1000
        } while rest > 0
        let partial = width < MerkleTile.width ? ".p/\(width)" : ""
        return "tile/\(level)/" + groups.reversed().joined(separator: "/") + partial
    }
}

/// Up to 256 neighbouring hashes: one row of a store. A full tile never changes again.
public struct MerkleTile: Sendable, Hashable {
    public static let width = 256
    /// Tree levels in one tile: 2⁸ = 256.
    static let height = 8

    public let position: TilePosition
    public let hashes: [MerkleHash]

    public init(position: TilePosition, hashes: [MerkleHash]) {
        self.position = position
        self.hashes = hashes
    }

    /// The hashes one behind another, 32 bytes each.
    public var bytes: [UInt8] { MerkleHash.bytes(hashes) }
}
