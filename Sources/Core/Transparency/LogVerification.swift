public import Timestamping
public import Values

/// What `zamin verify-log` found.
public struct LogVerification: Sendable, Equatable {
    public enum Fault: Sendable, Equatable {
        case missingEntry(sequence: Int64)
        /// A place below the first one.
        case strangePlace(sequence: Int64)
        /// The columns by which a page finds the entry are not what its signed text says.
        case otherColumns(sequence: Int64)
        /// The root over the rows is not what was signed: a row was changed, or rows changed places.
        case wrongRoot(size: Int)
        case badSignature(size: Int)
        /// The time stamp beside a checkpoint is not one over it.
        case badStamp(size: Int, TimestampError)
        case shorterThanSigned(size: Int)
        /// Places are given and signed in one transaction, so nothing lies beyond the last checkpoint: an entry was put there, or
        /// checkpoints were taken away.
        case beyondSigned(size: Int)
        /// A tile of the tree, from which proofs are made, is not that of the rows.
        case wrongTile(level: Int, index: Int)
        /// There are more tiles, or fewer, than the rows make.
        case tileCount(Int, expected: Int)
        /// A line among the checkpoints kept outside the database that nobody signed.
        case badKept(place: String)
        case shorterThanKept(size: Int)
        case otherThanKept(size: Int)
    }

    /// Faults beyond so many are not looked for.
    public static let faultLimit = 1_000

    public var entries = 0
    /// Entries that have no place yet.
    public var waiting = 0
    public var checkpoints = 0
    /// Checkpoints kept outside the database.
    public var kept = 0
    /// Time stamps that hold, and the times of the first and the last of them.
    public var stamps = 0
    public var firstStamp: Instant?
    public var lastStamp: Instant?
    /// Time stamps that could not be checked, because no authority is configured.
    public var uncheckedStamps = 0
    public var faults: [Fault] = []
    public var isWhole: Bool { faults.isEmpty }
}

extension LogVerification.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missingEntry(let sequence): "entry \(sequence) is missing"
        case .strangePlace(let sequence): "an entry lies at \(sequence), where there is no place"
        case .otherColumns(let sequence): "entry \(sequence) has other columns than its signed text: it may be hidden from the person"
        case .wrongRoot(let size): "the first \(size) entries are not those that were signed"
        case .badSignature(let size): "the checkpoint of \(size) entries is not signed by the log's key"
        case .badStamp(let size, let reason): "the time stamp of the checkpoint of \(size) entries does not hold: \(reason)"
        case .shorterThanSigned(let size): "a checkpoint was signed of \(size) entries, and the log is shorter"
        case .beyondSigned(let size): "entries lie beyond the last checkpoint, which is of \(size) entries"
        case .wrongTile(let level, let index): "tile \(index) of level \(level) is not that of the entries"
        case .tileCount(let count, let expected): "there are \(count) tiles, and the entries make \(expected)"
        case .badKept(let place): "\(place) is no checkpoint signed by the log's key"
        case .shorterThanKept(let size): "a checkpoint of \(size) entries is kept outside the database, and the log is shorter"
        case .otherThanKept(let size): "the first \(size) entries are not those of a checkpoint kept outside the database"
        }
    }
}
