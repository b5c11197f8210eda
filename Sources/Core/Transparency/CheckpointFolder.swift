import Foundation
import Trust
import Values

/// Every signed checkpoint once more, outside the database: who can write there cannot take back what was signed. One file a month, one
/// line a note, each a JSON text. Files of past months never change again and may be copied to where nobody can write; all that lie in
/// the folder are checked. Any number of processes of one machine may write.
struct CheckpointFolder: Sendable {
    let path: String

    /// Appends a note; returns when it is on disk.
    func append(_ note: String, at time: Instant) throws(LogError) {
        let name = "\(path)/\(CalendarDate(daysSince1970: time.seconds / 86_400).description.prefix(7)).jsonl"
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw .notKept("\(error)") }
        let isNew = !FileManager.default.fileExists(atPath: name)
        try CheckpointFolder.writing(name, O_RDWR | O_CREAT) { file throws(LogError) in
            let end = try CheckpointFolder.wholeLength(file)
            let line = JSON.string(note).bytes + [UInt8(ascii: "\n")]
            let written = line.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(end)) }
            guard written == line.count, fsync(file) == 0 else { throw .notKept(String(cString: strerror(errno))) }
        }
        if isNew { try CheckpointFolder.writing(path, O_RDONLY) { file throws(LogError) in _ = fsync(file) } }
    }

    /// Opens, locks, and lets go again.
    private static func writing(_ name: String, _ flags: Int32, _ body: (Int32) throws(LogError) -> Void) throws(LogError) {
        let file = open(name, flags | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .notKept("\(name): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        guard flock(file, LOCK_EX) == 0 else { throw .notKept("\(name): \(String(cString: strerror(errno)))") }
        try body(file)
    }

    /// Up to the last whole line: what a full disk or a sudden end left behind it is cut off.
    private static func wholeLength(_ file: Int32) throws(LogError) -> Int {
        let length = Int(lseek(file, 0, SEEK_END))
        var tail = [UInt8](repeating: 0, count: min(length, CheckpointFolder.lineLimit))
        let from = length - tail.count
        let read = tail.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, off_t(from)) }
        guard length >= 0, read == tail.count else { throw .notKept(String(cString: strerror(errno))) }
        let whole = tail.lastIndex(of: UInt8(ascii: "\n")).map { from + $0 + 1 } ?? from
        guard whole == length || ftruncate(file, off_t(whole)) == 0 else { throw .notKept(String(cString: strerror(errno))) }
        return whole
    }

    /// A note has some 250 bytes.
    static let lineLimit = 8 * 1024
}

/// What lies in a folder of checkpoints at one moment; what is appended later is not part of it.
struct KeptCheckpoints: Sendable {
    struct Note: Sendable {
        /// File and line, for who looks after it.
        let place: String
        /// Nil for a line that is no JSON text.
        let text: String?
    }

    private let files: [(path: String, length: Int)]

    /// Nothing when the folder is not there.
    init(_ folder: CheckpointFolder?) {
        let names = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) } ?? []
        files = names.filter { $0.hasSuffix(".jsonl") }.sorted().compactMap { name in
            let path = "\(folder?.path ?? "")/\(name)"
            return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int).map { (path, $0) }
        }
    }

    /// The note that was appended last.
    var last: String? {
        guard let (path, length) = files.last, let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        try? file.seek(toOffset: UInt64(max(0, length - CheckpointFolder.lineLimit)))
        let lines = ((try? file.read(upToCount: CheckpointFolder.lineLimit)) ?? Data()).split(separator: UInt8(ascii: "\n"))
        return lines.reversed().lazy.compactMap { (try? JSON.parse(Array($0)))?.string }.first
    }

    /// Every note, in the order of the files; memory stays constant. A last line that is not whole is left out.
    func forEach(_ body: (Note) throws -> Void) throws {
        for (path, length) in files {
            guard let file = FileHandle(forReadingAtPath: path) else { throw LogError.notKept("\(path) cannot be read") }
            defer { try? file.close() }
            var (rest, left, line) = (Data(), length, 0)
            while left > 0, let chunk = try file.read(upToCount: min(left, 64 * 1024)), !chunk.isEmpty {
                left -= chunk.count
                var lines = (rest + chunk).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                rest = Data(lines.removeLast())
                for text in lines {
                    line += 1
                    try body(Note(place: "\(path):\(line)", text: (try? JSON.parse(Array(text)))?.string))
                }
            }
        }
    }
}
