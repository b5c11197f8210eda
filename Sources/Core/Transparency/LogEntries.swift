public import Database
public import Trust

/// An entry that has no place in its log yet.
public struct WaitingEntry: Sendable {
    /// By which its table finds it again.
    public let key: [SQLValue]
    public let leaf: LogLeaf

    public init(key: [SQLValue], leaf: LogLeaf) { (self.key, self.leaf) = (key, leaf) }
}

/// An entry as it lies in its log.
public struct PlacedEntry: Sendable {
    public let sequence: Int64
    public let leaf: LogLeaf
    /// Whether the columns by which pages find the entry say what its leaf says.
    public let isTrue: Bool

    public init(sequence: Int64, leaf: LogLeaf, isTrue: Bool = true) { (self.sequence, self.leaf, self.isTrue) = (sequence, leaf, isTrue) }
}

/// The text of an entry that is hashed into the tree (RFC 9162 section 2.1.1).
public struct LogLeaf: Sendable, Hashable {
    public let text: String

    public init(_ text: String) { self.text = text }

    var hash: MerkleHash { MerkleTree.leafHash(Array(text.utf8)) }
}

/// The table of a log's entries: the module that owns the log writes and reads it.
public protocol LogEntries: Sendable {
    func waitingExist(in connection: any Connection) throws -> Bool
    func waitingCount(in connection: any Connection) throws -> Int
    /// In the order in which they get their places.
    func waiting(limit: Int, in connection: any Connection) throws -> [WaitingEntry]
    func setSequence(_ sequence: Int64, of key: [SQLValue], in connection: any Connection) throws
    func placedExist(from sequence: Int, in connection: any Connection) throws -> Bool
    func clearSequences(from sequence: Int, in connection: any Connection) throws
    /// In the order of the log, behind a place.
    func placed(after sequence: Int64, limit: Int, in connection: any Connection) throws -> [PlacedEntry]
}
