import Testing
import Trust
import Values

/// The definitions of RFC 9162 section 2.1, written down as they stand: slow, and the yardstick for everything else.
enum NaiveTree {
    static func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    static func root(_ leaves: ArraySlice<MerkleHash>) -> MerkleHash {
        if leaves.isEmpty { return MerkleTree.emptyRoot }
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        let middle = leaves.startIndex + split(leaves.count)
        return MerkleTree.nodeHash(root(leaves[..<middle]), root(leaves[middle...]))
    }

    static func path(_ index: Int, _ leaves: ArraySlice<MerkleHash>) -> [MerkleHash] {
        if leaves.count == 1 { return [] }
        let k = split(leaves.count)
        let middle = leaves.startIndex + k
        return index < k
            ? path(index, leaves[..<middle]) + [root(leaves[middle...])]
            : path(index - k, leaves[middle...]) + [root(leaves[..<middle])]
    }

    static func consistency(_ old: Int, _ leaves: ArraySlice<MerkleHash>, _ whole: Bool = true) -> [MerkleHash] {
        if old == leaves.count { return whole ? [] : [root(leaves)] }
        let k = split(leaves.count)
        let middle = leaves.startIndex + k
        return old <= k
            ? consistency(old, leaves[..<middle], whole) + [root(leaves[middle...])]
            : consistency(old - k, leaves[middle...], false) + [root(leaves[..<middle])]
    }
}

func leafHashes(_ count: Int) -> [MerkleHash] { (0..<count).map { MerkleTree.leafHash("leaf \($0)".bytes) } }

struct MerkleTreeTests {
    @Test func publishedVectors() throws {
        let vectors = try Vectors.load("merkle")
        let leaves = try #require(vectors["leaves"]?.array).map { MerkleTree.leafHash(try #require(Hex.decode($0.string ?? "-"))) }
        let roots = try #require(vectors["roots"]?.array).map { try hash($0) }
        for (size, root) in roots.enumerated() { #expect(MerkleTree.root(of: Array(leaves.prefix(size))) == root) }
        for vector in vectors["inclusion"]?.array ?? [] {
            let (index, size) = (try integer(vector, "index"), try integer(vector, "size"))
            let proof = try #require(vector["proof"]?.array).map { try hash($0) }
            #expect(try MerkleTree.inclusionProof(of: index, in: Array(leaves.prefix(size))) == proof)
            #expect(MerkleTree.verifyInclusion(of: leaves[index], at: index, size: size, root: roots[size], proof: proof))
        }
        for vector in vectors["consistency"]?.array ?? [] {
            let (old, new) = (try integer(vector, "old"), try integer(vector, "new"))
            let proof = try #require(vector["proof"]?.array).map { try hash($0) }
            #expect(try MerkleTree.consistencyProof(from: old, in: Array(leaves.prefix(new))) == proof)
            #expect(MerkleTree.verifyConsistency(oldSize: old, oldRoot: roots[old], newSize: new, newRoot: roots[new], proof: proof))
        }
        #expect(vectors["inclusion"]?.array?.count == 7)
        #expect(vectors["consistency"]?.array?.count == 4)
    }

    @Test func everySizeTo70AgreesWithTheDefinition() throws {
        let all = leafHashes(70)
        for size in 0...70 {
            let leaves = Array(all.prefix(size))
            let root = MerkleTree.root(of: leaves)
            #expect(root == NaiveTree.root(leaves[...]))
            for index in 0..<size {
                let proof = try MerkleTree.inclusionProof(of: index, in: leaves)
                #expect(proof == NaiveTree.path(index, leaves[...]))
                #expect(MerkleTree.verifyInclusion(of: leaves[index], at: index, size: size, root: root, proof: proof))
            }
            for old in 0...size {
                let proof = try MerkleTree.consistencyProof(from: old, in: leaves)
                if old > 0 { #expect(proof == NaiveTree.consistency(old, leaves[...])) }
                let oldRoot = MerkleTree.root(of: Array(leaves.prefix(old)))
                #expect(MerkleTree.verifyConsistency(oldSize: old, oldRoot: oldRoot, newSize: size, newRoot: root, proof: proof))
            }
        }
    }

    @Test func falseProofsFail() throws {
        let leaves = leafHashes(37)
        let root = MerkleTree.root(of: leaves)
        let other = MerkleTree.leafHash("other".bytes)
        for index in leaves.indices {
            let proof = try MerkleTree.inclusionProof(of: index, in: leaves)
            func holds(_ leaf: MerkleHash, _ index: Int, _ size: Int, _ root: MerkleHash, _ proof: [MerkleHash]) -> Bool {
                MerkleTree.verifyInclusion(of: leaf, at: index, size: size, root: root, proof: proof)
            }
            #expect(!holds(other, index, 37, root, proof))
            #expect(!holds(leaves[index], index ^ 1, 37, root, proof))
            #expect(!holds(leaves[index], index, 37, other, proof))
            #expect(!holds(leaves[index], index, 37, root, Array(proof.dropLast())))
            #expect(!holds(leaves[index], index, 37, root, proof + [other]))
            #expect(!holds(leaves[index], 37, 37, root, proof))
            #expect(!holds(leaves[index], -1, 37, root, proof))
            for place in proof.indices {
                var changed = proof
                changed[place] = other
                #expect(!holds(leaves[index], index, 37, root, changed))
            }
        }
    }

    @Test func rewrittenHistoryFails() throws {
        let leaves = leafHashes(50)
        for old in 1..<50 {
            let oldRoot = MerkleTree.root(of: Array(leaves.prefix(old)))
            var forged = leaves
            forged[old - 1] = MerkleTree.leafHash("forged".bytes)
            let proof = try MerkleTree.consistencyProof(from: old, in: forged)
            let root = MerkleTree.root(of: forged)
            #expect(!MerkleTree.verifyConsistency(oldSize: old, oldRoot: oldRoot, newSize: 50, newRoot: root, proof: proof))
            let honest = try MerkleTree.consistencyProof(from: old, in: leaves)
            let honestRoot = MerkleTree.root(of: leaves)
            for place in honest.indices {
                var changed = honest
                changed.remove(at: place)
                #expect(!MerkleTree.verifyConsistency(oldSize: old, oldRoot: oldRoot, newSize: 50, newRoot: honestRoot, proof: changed))
            }
            #expect(!MerkleTree.verifyConsistency(oldSize: 50, oldRoot: honestRoot, newSize: old, newRoot: oldRoot, proof: honest))
        }
    }

    @Test func questionsOutsideTheTreeAreRefused() {
        #expect(throws: MerkleError.outOfRange) { try MerkleTree.inclusionProof(of: 3, in: leafHashes(3)) }
        #expect(throws: MerkleError.outOfRange) { try MerkleTree.consistencyProof(from: 4, in: leafHashes(3)) }
        #expect(MerkleHash([1, 2, 3]) == nil)
        #expect(MerkleHash.list([UInt8](repeating: 0, count: 33)) == nil)
        #expect(CompactRange(size: 5, hashes: leafHashes(3)) == nil)
    }

    private func hash(_ json: JSON) throws -> MerkleHash {
        let bytes = try #require(Hex.decode(json.string ?? "-"))
        return try #require(MerkleHash(bytes))
    }

    private func integer(_ json: JSON, _ key: String) throws -> Int { Int(try #require(json[key]?.int)) }
}
