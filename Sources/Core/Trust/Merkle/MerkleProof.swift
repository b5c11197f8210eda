extension MerkleTree {
    /// Whether `leaf` stands at `index` of the tree with this size and root (RFC 9162 section 2.1.3.2). Any input may be false or
    /// hostile; the answer is then false.
    public static func verifyInclusion(
        of leaf: MerkleHash, at index: Int, size: Int, root: MerkleHash, proof: [MerkleHash]
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var (place, last) = (index, size - 1)
        var hash = leaf
        for sibling in proof {
            guard last != 0 else { return false }
            if place & 1 == 1 || place == last {
                hash = .node(sibling, hash)
                while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                hash = .node(hash, sibling)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// Whether the tree of `newSize` leaves begins with the tree of `oldSize` leaves (RFC 9162 section 2.1.4.2): nothing was taken
    /// out or changed, only added.
    public static func verifyConsistency(
        oldSize: Int, oldRoot: MerkleHash, newSize: Int, newRoot: MerkleHash, proof: [MerkleHash]
    ) -> Bool {
        guard oldSize >= 0, oldSize <= newSize else { return false }
        if oldSize == newSize { return proof.isEmpty && oldRoot == newRoot }
        if oldSize == 0 { return proof.isEmpty && oldRoot == .empty }
        var path = proof[...]
        var (place, last) = (oldSize - 1, newSize - 1)
        while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
        // A whole old tree is itself the first subtree, and the reader has its hash already.
        guard let first = oldSize.nonzeroBitCount == 1 ? oldRoot : path.popFirst() else { return false }
        guard !path.isEmpty else { return false }
        var (old, new) = (first, first)
        for sibling in path {
            guard last != 0 else { return false }
            if place & 1 == 1 || place == last {
                old = .node(sibling, old)
                new = .node(sibling, new)
                while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
            } else {
                new = .node(new, sibling)
            }
            (place, last) = (place >> 1, last >> 1)
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
