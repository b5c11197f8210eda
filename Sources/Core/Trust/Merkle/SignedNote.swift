internal import Values

/// Why a note or a checkpoint is not accepted.
public enum NoteError: Error, Equatable {
    case tooLarge
    case malformed(String)
    /// No signature of the key that was asked for.
    case unsigned
    /// A line claims the key but its signature is wrong.
    case invalidSignature
    /// A name with a space or a plus sign, or a key that is not Ed25519.
    case unusableKey
}

/// Signs notes: a name, usually the log's origin, with an Ed25519 key.
public struct NoteSigner: Sendable {
    public let verifier: NoteVerifier
    private let key: SigningKey

    public init(name: String, key: SigningKey) throws(NoteError) {
        verifier = try NoteVerifier(name: name, key: key.verifyingKey)
        self.key = key
    }

    /// The note: the text, an empty line, one signature line. The text ends with a newline.
    public func sign(_ text: String) throws -> String {
        try SignedNote.check(text: text)
        let signature = try key.signature(over: Array(text.utf8))
        return "\(text)\n\u{2014} \(verifier.name) \(Base64.encode(verifier.keyHash + signature))\n"
    }
}

/// Verifies notes of one signer.
public struct NoteVerifier: Sendable {
    public let name: String
    public let key: VerifyingKey
    /// The first four bytes of `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)`.
    let keyHash: [UInt8]

    public init(name: String, key: VerifyingKey) throws(NoteError) {
        guard SignedNote.isName(name), key.algorithm == .ed25519 else { throw .unusableKey }
        self.name = name
        self.key = key
        keyHash = Array(Fingerprint.bytes(of: Array(name.utf8) + [0x0A, 0x01] + key.rawBytes).prefix(4))
    }

    /// Reads `name+hash+key`, the writing in which verifier keys are published.
    public init(_ text: String) throws(NoteError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let bytes = Base64.decode(parts[2]), bytes.first == 1,
            let key = VerifyingKey(ed25519: Array(bytes.dropFirst()))
        else { throw .unusableKey }
        try self.init(name: parts[0], key: key)
        guard parts[1] == Hex.encode(keyHash) else { throw .unusableKey }
    }

    /// `name+hash+key`.
    public var text: String { "\(name)+\(Hex.encode(keyHash))+\(Base64.encode([1] + key.rawBytes))" }

    /// The text of a note that carries this signer's signature; signatures of others are passed over.
    public func verifiedText(of note: String) throws(NoteError) -> String {
        let note = try SignedNote(note)
        for line in note.signatures where line.name == name && line.keyHash == keyHash {
            guard key.isValid(line.signature, over: Array(note.text.utf8)) else { throw .invalidSignature }
            return note.text
        }
        throw .unsigned
    }
}

/// The parts of a signed note (C2SP signed-note).
struct SignedNote {
    static let byteLimit = 1 << 20
    static let signatureLimit = 100

    struct Signature {
        let name: String
        let keyHash: [UInt8]
        let signature: [UInt8]
    }

    let text: String
    let signatures: [Signature]

    init(_ note: String) throws(NoteError) {
        let bytes = Array(note.utf8)
        guard bytes.count <= SignedNote.byteLimit else { throw .tooLarge }
        let newline = UInt8(ascii: "\n")
        guard bytes.count > 2, bytes.last == newline,
            let gap = (1..<bytes.count - 1).last(where: { bytes[$0] == newline && bytes[$0 - 1] == newline })
        else { throw .malformed("no signature block") }
        text = String(decoding: bytes[..<gap], as: UTF8.self)
        try SignedNote.check(text: text)
        let lines = bytes[(gap + 1)..<(bytes.count - 1)].split(separator: newline, omittingEmptySubsequences: false)
        guard lines.count <= SignedNote.signatureLimit else { throw .tooLarge }
        var signatures: [Signature] = []
        for line in lines { signatures.append(try SignedNote.signature(String(decoding: line, as: UTF8.self))) }
        self.signatures = signatures
    }

    private static func signature(_ line: String) throws(NoteError) -> Signature {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "\u{2014}", isName(parts[1]), let bytes = Base64.decode(parts[2]), bytes.count > 4
        else { throw .malformed("signature line") }
        return Signature(name: parts[1], keyHash: Array(bytes.prefix(4)), signature: Array(bytes.dropFirst(4)))
    }

    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 }
    }

    static func check(text: String) throws(NoteError) {
        guard text.utf8.count <= byteLimit else { throw .tooLarge }
        guard text.utf8.last == UInt8(ascii: "\n") else { throw .malformed("text without newline at its end") }
        guard text.utf8.allSatisfy({ $0 >= 0x20 || $0 == UInt8(ascii: "\n") }) else { throw .malformed("control character") }
    }
}
