import Testing
import Trust

/// A store as a database would be: rows of bytes by position.
private final class TileStore {
    var rows: [TilePosition: [UInt8]] = [:]
    var reads = 0

    func read(_ position: TilePosition) -> [MerkleHash] {
        reads += 1
        return rows[position].flatMap { MerkleHash.list($0) } ?? []
    }

    func append(_ leaves: [MerkleHash], to size: Int) throws {
        var tiles = MerkleTiles(size: size, read: read)
        for tile in try tiles.append(leaves) { rows[tile.position] = tile.bytes }
    }
}

struct MerkleTilesTests {
    @Test func growsInSeveralStepsToTheSameTree() throws {
        var generator = SeededGenerator(9162)
        let leaves = leafHashes(70_000)
        let store = TileStore()
        var (size, range) = (0, CompactRange())
        while size < leaves.count {
            let step = min(leaves.count - size, [1, 2, 255, 256, 257, 3000].randomElement(using: &generator) ?? 1)
            try store.append(Array(leaves[size..<size + step]), to: size)
            for leaf in leaves[size..<size + step] { range.append(leaf) }
            size += step
            let tiles = MerkleTiles(size: size, read: store.read)
            #expect(try tiles.root() == range.root)
            #expect(try tiles.compactRange() == range)
        }
        #expect(store.rows.keys.map(\.level).max() == 2)
        #expect(store.rows[TilePosition(level: 0, index: 0)]?.count == 256 * 32)
        #expect(store.rows[TilePosition(level: 1, index: 1)]?.count == (70_000 / 256 - 256) * 32)
    }

    @Test func proofsOfAnySizeAndLeafVerify() throws {
        var generator = SeededGenerator(6962)
        let leaves = leafHashes(70_000)
        let store = TileStore()
        try store.append(leaves, to: 0)
        for _ in 0..<60 {
            let size = Int.random(in: 1...leaves.count, using: &generator)
            let index = Int.random(in: 0..<size, using: &generator)
            let old = Int.random(in: 0...size, using: &generator)
            let root = try MerkleTiles(size: size, read: store.read).root()
            store.reads = 0
            let tiles = MerkleTiles(size: size, read: store.read)
            let proof = try tiles.inclusionProof(of: index)
            #expect(store.reads <= 6)
            #expect(try tiles.leaf(at: index) == leaves[index])
            #expect(MerkleTree.verifyInclusion(of: leaves[index], at: index, size: size, root: root, proof: proof))
            let oldRoot = try MerkleTiles(size: old, read: store.read).root()
            let steps = try tiles.consistencyProof(from: old)
            #expect(MerkleTree.verifyConsistency(oldSize: old, oldRoot: oldRoot, newSize: size, newRoot: root, proof: steps))
        }
    }

    @Test func smallTreesAgreeWithTheLeafProofs() throws {
        for size in [1, 2, 3, 255, 256, 257, 511, 700] {
            let leaves = leafHashes(size)
            let store = TileStore()
            try store.append(leaves, to: 0)
            let tiles = MerkleTiles(size: size, read: store.read)
            #expect(try tiles.root() == NaiveTree.root(leaves[...]))
            for index in stride(from: 0, to: size, by: 13) {
                #expect(try tiles.inclusionProof(of: index) == NaiveTree.path(index, leaves[...]))
            }
        }
    }

    @Test func aMissingOrShortTileIsNoticed() throws {
        let store = TileStore()
        try store.append(leafHashes(600), to: 0)
        store.rows[TilePosition(level: 0, index: 2)]?.removeLast(32)
        #expect(throws: MerkleError.missingTile(level: 0, index: 2)) { try MerkleTiles(size: 600, read: store.read).root() }
        store.rows[TilePosition(level: 0, index: 2)] = nil
        #expect(throws: MerkleError.missingTile(level: 0, index: 2)) { try MerkleTiles(size: 513, read: store.read).root() }
        #expect(try MerkleTiles(size: 512, read: store.read).root() == MerkleTree.root(of: leafHashes(512)))
    }

    /// The examples of C2SP tlog-tiles.
    @Test func paths() {
        #expect(TilePosition(level: 0, index: 1_234_067).path() == "tile/0/x001/x234/067")
        #expect(TilePosition(level: 1, index: 0).path(width: 5) == "tile/1/000.p/5")
        #expect(TilePosition(level: 0, index: 999).path() == "tile/0/999")
        #expect(TilePosition(level: 0, index: 1000).path() == "tile/0/x001/000")
    }
}
