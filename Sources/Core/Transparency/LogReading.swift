import Database
import Timestamping
import Trust

/// Reads the log once, in order, and holds it against every checkpoint and tile on the way. Memory stays constant: entries and
/// checkpoints come in pages, and of the tree there is one growing tile per level.
struct LogReading {
    private static let entriesPerPage = 2_000

    let store: LogStore
    let entries: any LogEntries
    let verifier: NoteVerifier
    let timestamps: TimestampAuthority?
    let connection: any Connection

    private var result = LogVerification()
    private var range = CompactRange()
    private var next: Int64 = 0
    private var lastSigned = 0
    /// Behind a gap every root and tile is another; the gap is told, and not each of them.
    private var hasGap = false

    init(store: LogStore, entries: any LogEntries, verifier: NoteVerifier, timestamps: TimestampAuthority?, connection: any Connection) {
        (self.store, self.entries, self.connection) = (store, entries, connection)
        (self.verifier, self.timestamps) = (verifier, timestamps)
    }

    private var isFull: Bool { result.faults.count >= LogVerification.faultLimit }

    mutating func run(_ kept: KeptCheckpoints) throws -> LogVerification {
        result.waiting = try entries.waitingCount(in: connection)
        var checkpoints = CheckpointPages(store: store, connection: connection)
        var tiles = TileComparison(store: store, connection: connection)
        var last = Int64.min
        while !isFull {
            let page = try entries.placed(after: last, limit: LogReading.entriesPerPage, in: connection)
            guard let end = page.last else { break }
            for entry in page where !isFull { try take(entry, &checkpoints, &tiles) }
            last = end.sequence
        }
        // What is left is of more entries than there are.
        while !isFull, let checkpoint = try checkpoints.pop(upTo: .max) { hold(checkpoint) }
        // Not read to its end: what follows would be found wrong for that alone.
        guard !isFull else { return result }
        if Int(next) > lastSigned { result.faults.append(.beyondSigned(size: lastSigned)) }
        if !hasGap { result.faults += try tiles.end() }
        try compare(kept)
        return result
    }

    private mutating func take(_ entry: PlacedEntry, _ checkpoints: inout CheckpointPages, _ tiles: inout TileComparison) throws {
        guard entry.sequence >= next else { return result.faults.append(.strangePlace(sequence: entry.sequence)) }
        while next < entry.sequence, !isFull {
            result.faults.append(.missingEntry(sequence: next))
            hasGap = true
            next += 1
        }
        if !entry.isTrue { result.faults.append(.otherColumns(sequence: entry.sequence)) }
        let leaf = entry.leaf.hash
        range.append(leaf)
        if !hasGap { result.faults += try tiles.append(leaf) }
        result.entries += 1
        next += 1
        while !isFull, let checkpoint = try checkpoints.pop(upTo: Int(next)) { hold(checkpoint) }
    }

    /// A checkpoint at its place in the log: `next` entries have been read.
    private mutating func hold(_ signed: SignedCheckpoint) {
        let size = signed.size
        result.checkpoints += 1
        guard size > 0, let checkpoint = try? Checkpoint.verified(signed.note, origin: verifier.name, by: verifier), checkpoint.size == size else {
            return result.faults.append(.badSignature(size: size))
        }
        check(signed.stamp, over: signed)
        lastSigned = max(lastSigned, size)
        if size > Int(next) {
            result.faults.append(.shorterThanSigned(size: size))
        } else if size == Int(next), !hasGap, checkpoint.root != range.root {
            result.faults.append(.wrongRoot(size: size))
        }
    }

    private mutating func check(_ stamp: [UInt8]?, over signed: SignedCheckpoint) {
        guard let stamp else { return }
        guard let timestamps else { return result.uncheckedStamps += 1 }
        do {
            let token = try timestamps.check(stamp, over: Array(signed.note.utf8))
            result.stamps += 1
            result.firstStamp = result.firstStamp ?? token.time
            result.lastStamp = token.time
        } catch { result.faults.append(.badStamp(size: signed.size, error)) }
    }

    /// A note that is also in the database has been checked with it; of any other the root is made from the tiles, which have been
    /// compared with the entries.
    private mutating func compare(_ kept: KeptCheckpoints) throws {
        try kept.forEach { note in
            guard !isFull else { return }
            result.kept += 1
            guard let text = note.text, let checkpoint = try? Checkpoint.verified(text, origin: verifier.name, by: verifier) else {
                return result.faults.append(.badKept(place: note.place))
            }
            guard checkpoint.size <= Int(next) else { return result.faults.append(.shorterThanKept(size: checkpoint.size)) }
            if try store.checkpoint(of: checkpoint.size, in: connection) == text { return }
            let tiles = MerkleTiles(size: checkpoint.size) { [store, connection] in try store.tile($0, in: connection) }
            guard (try? tiles.root()) == checkpoint.root else { return result.faults.append(.otherThanKept(size: checkpoint.size)) }
        }
    }
}

/// Checkpoints of the database by size, a page at a time.
private struct CheckpointPages {
    private static let perPage = 500
    let store: LogStore
    let connection: any Connection
    private var page: ArraySlice<SignedCheckpoint> = []
    private var last = Int64.min
    private var isOver = false

    init(store: LogStore, connection: any Connection) { (self.store, self.connection) = (store, connection) }

    /// The next one, unless it is of more entries than `size`.
    mutating func pop(upTo size: Int) throws -> SignedCheckpoint? {
        if page.isEmpty, !isOver {
            page = try store.checkpoints(after: last, limit: CheckpointPages.perPage, in: connection)[...]
            (last, isOver) = (Int64(page.last?.size ?? 0), page.count < CheckpointPages.perPage)
        }
        guard let first = page.first, first.size <= size else { return nil }
        return page.removeFirst()
    }
}

/// The tiles of the tree made anew from the entries, each compared with the stored one.
private struct TileComparison {
    let store: LogStore
    let connection: any Connection
    /// By level: how many tiles are whole, and the one that grows.
    private var levels: [(whole: Int, hashes: [MerkleHash])] = []

    init(store: LogStore, connection: any Connection) { (self.store, self.connection) = (store, connection) }

    mutating func append(_ leaf: MerkleHash) throws -> [LogVerification.Fault] {
        var (hash, level, faults) = (leaf, 0, [LogVerification.Fault]())
        while true {
            if level == levels.count { levels.append((0, [])) }
            levels[level].hashes.append(hash)
            guard levels[level].hashes.count == MerkleTile.width else { return faults }
            faults += try compare(level)
            hash = MerkleTree.root(of: levels[level].hashes)
            levels[level] = (levels[level].whole + 1, [])
            level += 1
        }
    }

    /// Compares the tiles that still grow, and how many there are.
    func end() throws -> [LogVerification.Fault] {
        var (faults, expected) = ([LogVerification.Fault](), 0)
        for level in levels.indices {
            expected += levels[level].whole
            guard !levels[level].hashes.isEmpty else { continue }
            expected += 1
            faults += try compare(level)
        }
        let count = try store.tileCount(in: connection)
        return count == expected ? faults : faults + [.tileCount(count, expected: expected)]
    }

    private func compare(_ level: Int) throws -> [LogVerification.Fault] {
        let position = TilePosition(level: level, index: levels[level].whole)
        return try store.tile(position, in: connection) == levels[level].hashes ? [] : [.wrongTile(level: level, index: position.index)]
    }
}
