import Database
public import Trust

/// What `zamin verify-log` found.
public struct LogVerification: Sendable, Equatable {
    public enum Fault: Sendable, Equatable {
        case missingEntry(sequence: Int64)
        /// The root over the rows is not what was signed: a row was changed, or rows changed places.
        case wrongRoot(size: Int)
        case badSignature(size: Int)
        case shorterThanSigned(size: Int)
    }

    public var entries = 0
    public var checkpoints = 0
    public var faults: [Fault] = []
    public var isWhole: Bool { faults.isEmpty }
}

extension AuditStore {
    /// Reads the whole log once, in order, and holds it against every signed checkpoint on the way. Memory stays constant.
    func verify(origin: String, by verifier: NoteVerifier, in connection: any Connection) throws -> LogVerification {
        var result = LogVerification()
        var range = CompactRange()
        var signed: [Int: MerkleHash] = [:]
        for (size, note) in try checkpoints(in: connection) {
            result.checkpoints += 1
            guard let checkpoint = try? Checkpoint.verified(note, origin: origin, by: verifier), checkpoint.size == size else {
                result.faults.append(.badSignature(size: size))
                continue
            }
            signed[size] = checkpoint.root
        }
        var next: Int64 = 0
        while true {
            let page = try sequenced(from: next, limit: 2_000, in: connection)
            guard !page.isEmpty else { break }
            for entry in page {
                while next < entry.sequence {
                    result.faults.append(.missingEntry(sequence: next))
                    next += 1
                    guard result.faults.count < 1_000 else { return result }
                }
                range.append(AuditRecord.leaf(of: entry.text))
                result.entries += 1
                next += 1
                if let root = signed[Int(next)], root != range.root { result.faults.append(.wrongRoot(size: Int(next))) }
            }
        }
        if let last = signed.keys.max(), last > Int(next) { result.faults.append(.shorterThanSigned(size: last)) }
        return result
    }
}
