/// Why a question to a Merkle tree has no answer.
public enum MerkleError: Error, Equatable {
    /// A leaf or a size that lies outside the tree.
    case outOfRange
    /// The store has no such tile, or fewer hashes in it than the size of the tree promises.
    case missingTile(level: Int, index: Int)
}

/// Merkle tree hashing (RFC 9162 section 2.1, the same as RFC 6962): leaves and nodes are hashed under different prefixes, so that
/// a node can never pass for a leaf.
public enum MerkleTree {
    /// The root of a tree without leaves.
    public static var emptyRoot: MerkleHash { .empty }

    public static func leafHash(_ content: [UInt8]) -> MerkleHash { .leaf(content) }
    public static func nodeHash(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash { .node(left, right) }

    /// The root over leaf hashes: `MTH(D_n)`.
    public static func root(of leaves: [MerkleHash]) -> MerkleHash {
        var range = CompactRange()
        for leaf in leaves { range.append(leaf) }
        return range.root
    }

    /// `PATH(index, D_n)`: the hashes that lead from one leaf to the root. O(n); a stored log asks its `MerkleTiles` instead.
    public static func inclusionProof(of index: Int, in leaves: [MerkleHash]) throws -> [MerkleHash] {
        try view(of: leaves).inclusionProof(of: index)
    }

    /// `PROOF(oldSize, D_n)`: the hashes that show that a tree of `oldSize` leaves is a prefix of this one. O(n).
    public static func consistencyProof(from oldSize: Int, in leaves: [MerkleHash]) throws -> [MerkleHash] {
        try view(of: leaves).consistencyProof(from: oldSize)
    }

    private static func view(of leaves: [MerkleHash]) -> MerkleView {
        MerkleView(size: leaves.count) { level, index in
            let width = 1 << level
            return root(of: Array(leaves[index * width..<(index + 1) * width]))
        }
    }
}
