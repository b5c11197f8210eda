/// A log kept as tiles. The store gives and takes tiles; root, proofs and growth are computed here from the few that they need:
/// at most two per 256-fold of the size. Reads are remembered for the life of the value, so make one per question.
public struct MerkleTiles {
    public private(set) var size: Int
    private let cache: TileCache

    /// - Parameters:
    ///   - size: the number of leaves; the store may already hold more.
    ///   - read: the hashes of a tile, in order; empty when the store has none.
    public init(size: Int, read: @escaping (TilePosition) throws -> [MerkleHash]) {
        self.size = size
        cache = TileCache(read: read)
    }

    public func root() throws -> MerkleHash { try view.root() }

    /// For `MerkleTree.verifyInclusion`. Throws `MerkleError`, and what the reader throws.
    public func inclusionProof(of index: Int) throws -> [MerkleHash] { try view.inclusionProof(of: index) }

    /// For `MerkleTree.verifyConsistency`. Throws `MerkleError`, and what the reader throws.
    public func consistencyProof(from oldSize: Int) throws -> [MerkleHash] { try view.consistencyProof(from: oldSize) }

    /// The leaf hash at `index`.
    public func leaf(at index: Int) throws -> MerkleHash {
        guard index >= 0, index < size else { throw MerkleError.outOfRange }
        return try node(level: 0, index: index)
    }

    /// The right edge, to append single leaves without touching tiles.
    public func compactRange() throws -> CompactRange {
        var hashes: [MerkleHash] = []
        var position = 0
        for level in (0..<Int.bitWidth - 1).reversed() where size >> level & 1 == 1 {
            hashes.append(try node(level: level, index: position >> level))
            position += 1 << level
        }
        return CompactRange(size: size, hashes: hashes) ?? CompactRange()
    }

    /// Appends leaf hashes and returns the tiles to store, each in its new state, lowest level first.
    public mutating func append(_ leaves: [MerkleHash]) throws -> [MerkleTile] {
        var changed: [MerkleTile] = []
        var entries = leaves
        var (level, count) = (0, size)
        while !entries.isEmpty {
            var index = count / MerkleTile.width
            var hashes = try cache.hashes(TilePosition(level: level, index: index), count: count % MerkleTile.width)
            var completed: [MerkleHash] = []
            for entry in entries {
                hashes.append(entry)
                guard hashes.count == MerkleTile.width else { continue }
                changed.append(MerkleTile(position: TilePosition(level: level, index: index), hashes: hashes))
                completed.append(MerkleTree.root(of: hashes))
                hashes = []
                index += 1
            }
            if !hashes.isEmpty { changed.append(MerkleTile(position: TilePosition(level: level, index: index), hashes: hashes)) }
            entries = completed
            count >>= MerkleTile.height
            level += 1
        }
        for tile in changed { cache.keep(tile) }
        size += leaves.count
        return changed
    }

    private var view: MerkleView { MerkleView(size: size, node: node) }

    private func node(level: Int, index: Int) throws -> MerkleHash {
        let inner = level % MerkleTile.height
        let start = index << inner
        let position = TilePosition(level: level / MerkleTile.height, index: start / MerkleTile.width)
        let offset = start % MerkleTile.width
        let hashes = try cache.hashes(position, count: offset + 1 << inner)
        return MerkleTree.root(of: Array(hashes[offset...]))
    }
}

private final class TileCache {
    private let read: (TilePosition) throws -> [MerkleHash]
    private var tiles: [TilePosition: [MerkleHash]] = [:]

    init(read: @escaping (TilePosition) throws -> [MerkleHash]) { self.read = read }

    func keep(_ tile: MerkleTile) { tiles[tile.position] = tile.hashes }

    /// The first `count` hashes of a tile.
    func hashes(_ position: TilePosition, count: Int) throws -> [MerkleHash] {
        if count == 0 { return [] }
        let hashes = try tiles[position] ?? read(position)
        tiles[position] = hashes
        guard hashes.count >= count, hashes.count <= MerkleTile.width else {
            throw MerkleError.missingTile(level: position.level, index: position.index)
        }
        return Array(hashes.prefix(count))
    }
}
