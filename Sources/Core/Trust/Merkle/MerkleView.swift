/// A tree of `size` leaves whose perfect subtrees can be read by (level, index); level 0 are the leaves. From those alone come the
/// root and every proof.
struct MerkleView {
    let size: Int
    let node: (_ level: Int, _ index: Int) throws -> MerkleHash

    func root() throws -> MerkleHash {
        size == 0 ? .empty : try hash(0, size)
    }

    /// RFC 9162 section 2.1.3.1.
    func inclusionProof(of index: Int) throws -> [MerkleHash] {
        guard index >= 0, index < size else { throw MerkleError.outOfRange }
        var path: [MerkleHash] = []
        var (start, end) = (0, size)
        while end - start > 1 {
            let middle = start + MerkleView.split(end - start)
            if index < middle {
                path.append(try hash(middle, end))
                end = middle
            } else {
                path.append(try hash(start, middle))
                start = middle
            }
        }
        return path.reversed()
    }

    /// RFC 9162 section 2.1.4.1. Empty for equal sizes and for an old size of 0.
    func consistencyProof(from oldSize: Int) throws -> [MerkleHash] {
        guard oldSize >= 0, oldSize <= size else { throw MerkleError.outOfRange }
        if oldSize == 0 || oldSize == size { return [] }
        var path: [MerkleHash] = []
        var (start, end) = (0, size)
        // The old tree's right edge is followed down; `whole` tells that it is still the left edge, whose hash the reader knows.
        var whole = true
        while end != oldSize {
            let middle = start + MerkleView.split(end - start)
            if oldSize <= middle {
                path.append(try hash(middle, end))
                end = middle
            } else {
                path.append(try hash(start, middle))
                start = middle
                whole = false
            }
        }
        if !whole { path.append(try hash(start, end)) }
        return path.reversed()
    }

    /// `MTH(D[start:end])` where `start` is a multiple of the range's power of two, as in every split of the tree.
    private func hash(_ start: Int, _ end: Int) throws -> MerkleHash {
        var subtrees: [MerkleHash] = []
        var position = start
        while position < end {
            let level = (end - position).bitWidth - 1 - (end - position).leadingZeroBitCount
            subtrees.append(try node(level, position >> level))
            position += 1 << level
        }
        return CompactRange.fold(subtrees)
    }

    /// The largest power of two smaller than `count`, which is at least 2.
    private static func split(_ count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}
