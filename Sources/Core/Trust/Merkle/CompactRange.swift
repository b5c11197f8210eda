/// The right edge of a growing tree: one hash per one-bit of the size, largest subtree first. Enough to append leaves and to know
/// the root in O(log n), without any other hash of the tree.
public struct CompactRange: Sendable, Hashable {
    /// How many leaves the tree has.
    public private(set) var size: Int
    public private(set) var hashes: [MerkleHash]

    public init() {
        size = 0
        hashes = []
    }

    /// Continues from a kept state; nil when the number of hashes does not fit the size.
    public init?(size: Int, hashes: [MerkleHash]) {
        guard size >= 0, hashes.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.hashes = hashes
    }

    public mutating func append(_ leaf: MerkleHash) {
        hashes.append(leaf)
        // Every one-bit at the end of the size is a perfect subtree that the new leaf completes to one twice as large.
        for _ in 0..<(~size).trailingZeroBitCount {
            let right = hashes.removeLast()
            let left = hashes.removeLast()
            hashes.append(.node(left, right))
        }
        size += 1
    }

    public var root: MerkleHash { hashes.isEmpty ? .empty : CompactRange.fold(hashes) }

    /// Joins subtrees that shrink from left to right.
    static func fold(_ subtrees: [MerkleHash]) -> MerkleHash {
        guard var result = subtrees.last else { return .empty }
        for left in subtrees.dropLast().reversed() { result = .node(left, result) }
        return result
    }
}
