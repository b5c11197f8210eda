import Foundation
import Synchronization
import Trust

/// Passwords that have been in thieves' hands (NIST SP 800-63B section 5.1.1.2): a file as Have I Been Pwned publishes it, one line
/// `SHA-1:count` for each, ordered by the hash in capitals. It has some thirty gigabytes, so it is searched on the disk and never read whole.
public final class BreachedPasswords: Sendable {
    private static let hashLength = 40
    private let file: Mutex<FileHandle>
    private let size: UInt64

    /// - Throws: `BreachListError` when the file cannot be read or its first lines are none of the list, in their order.
    public init(path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else { throw BreachListError.unreadable(path) }
        size = try handle.seekToEnd()
        file = Mutex(handle)
        let first = try file.withLock { try BreachedPasswords.line(after: 0, in: $0) }
        guard let first, BreachedPasswords.hash(of: first.text) != nil else { throw BreachListError.malformed(path) }
    }

    /// False also when the disk does not answer: a password is not refused for that.
    func contains(_ password: String) -> Bool {
        let wanted = LegacyFingerprint.sha1Hex(of: password)
        return (try? file.withLock { try find(wanted, in: $0) }) ?? false
    }

    /// Binary search over byte offsets: the line that begins at or after the middle decides.
    private func find(_ wanted: String, in handle: FileHandle) throws -> Bool {
        var (low, high) = (UInt64(0), size)
        while low < high {
            let middle = low + (high - low) / 2
            guard let line = try BreachedPasswords.line(after: middle, in: handle), line.start < high, let hash = BreachedPasswords.hash(of: line.text) else {
                high = middle
                continue
            }
            if hash == wanted { return true }
            if hash < wanted { low = line.start + UInt64(line.text.utf8.count) + 1 } else { high = middle }
        }
        return false
    }

    /// The first line that begins at or after an offset. Lines are short.
    private static func line(after offset: UInt64, in handle: FileHandle) throws -> (start: UInt64, text: String)? {
        // From one byte before, so that a line which begins right here is seen to begin.
        let begin = offset == 0 ? 0 : offset - 1
        try handle.seek(toOffset: begin)
        guard let data = try handle.read(upToCount: 256) else { return nil }
        var bytes = Array(data)[...]
        if offset > 0 {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            bytes = bytes[(end + 1)...]
        }
        guard !bytes.isEmpty else { return nil }
        return (begin + UInt64(bytes.startIndex), String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    private static func hash(of line: String) -> String? {
        let hash = line.prefix(hashLength)
        guard hash.utf8.count == hashLength, hash.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }) else { return nil }
        return String(hash)
    }
}

public enum BreachListError: Error, Sendable, CustomStringConvertible {
    case unreadable(String)
    case malformed(String)

    public var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read"
        case .malformed(let path): "\(path) is not a list of SHA-1 hashes in capitals, one on a line, in order"
        }
    }
}
