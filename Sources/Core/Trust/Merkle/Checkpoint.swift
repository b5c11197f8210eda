internal import Values

/// The state of a log at one moment (C2SP tlog-checkpoint): whoever keeps one can later prove that the log only grew since.
public struct Checkpoint: Sendable, Hashable {
    /// A name for the log that is unique in the world, by custom a URL without its scheme.
    public let origin: String
    public let size: Int
    public let root: MerkleHash
    /// Further lines, such as a time; none of them empty.
    public let extensions: [String]

    public init(origin: String, size: Int, root: MerkleHash, extensions: [String] = []) {
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// The text that is signed: origin, size and root in lines of their own.
    public var text: String {
        ([origin, String(size), Base64.encode(root.bytes)] + extensions).map { $0 + "\n" }.joined()
    }

    /// Throws `NoteError` for a field that would not read back as itself.
    public func signed(by signer: NoteSigner) throws -> String {
        let text = self.text
        guard try Checkpoint(text: text) == self else { throw NoteError.malformed("checkpoint") }
        return try signer.sign(text)
    }

    /// Reads a signed checkpoint of a known log.
    public static func verified(_ note: String, origin: String, by verifier: NoteVerifier) throws(NoteError) -> Checkpoint {
        let checkpoint = try Checkpoint(text: try verifier.verifiedText(of: note))
        guard checkpoint.origin == origin else { throw .malformed("origin") }
        return checkpoint
    }

    init(text: String) throws(NoteError) {
        // By bytes: a Character may swallow a newline that follows a carriage return.
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: Array($0), as: UTF8.self) }
        guard lines.count >= 4, lines.last == "", lines.dropLast().allSatisfy({ !$0.isEmpty }) else { throw .malformed("checkpoint lines") }
        guard let size = Int(lines[1]), size >= 0, String(size) == lines[1] else { throw .malformed("size") }
        guard let bytes = Base64.decode(lines[2]), let root = MerkleHash(bytes) else { throw .malformed("root") }
        self.init(origin: lines[0], size: size, root: root, extensions: Array(lines[3..<lines.count - 1]))
    }
}
