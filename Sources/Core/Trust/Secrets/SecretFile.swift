#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Why a file with a secret cannot be used; the text tells an operator what to do.
public enum SecretFileError: Error, Equatable, CustomStringConvertible {
    case missing(path: String)
    /// Others than the owner may read it.
    case exposed(path: String, mode: String)
    case notAFile(path: String)
    case tooLarge(path: String)
    case system(path: String, operation: String, code: Int32)

    public var description: String {
        switch self {
        case .missing(let path): "\(path) does not exist."
        case .exposed(let path, let mode):
            "\(path) holds a secret but has mode \(mode), so others than its owner can reach it. Run: chmod 600 \(path)"
        case .notAFile(let path): "\(path) is not a file."
        case .tooLarge(let path): "\(path) is larger than \(SecretFile.byteLimit) bytes."
        case .system(let path, let operation, let code): "Cannot \(operation) \(path): \(String(cString: strerror(code)))."
        }
    }
}

/// Files that only their owner can read (mode 0600 or stricter).
public enum SecretFile {
    public static let byteLimit = 1 << 20

    public static func read(_ path: String) throws(SecretFileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing(path: path) : fault(path, "open") }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw fault(path, "inspect") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        let mode = status.st_mode & 0o7777
        guard mode & 0o077 == 0 else { throw .exposed(path: path, mode: "0" + String(mode, radix: 8)) }
        guard status.st_size <= byteLimit else { throw .tooLarge(path: path) }
        var content = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < content.count {
            let count = content.withUnsafeMutableBytes { readSome(descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[filled...])) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault(path, "read") }
            filled += count
        }
        return content
    }

    /// Writes the whole file or nothing: a new file beside it is synced and then takes its name.
    public static func write(_ content: [UInt8], to path: String) throws(SecretFileError) {
        let draft = "\(path).\(RandomToken.make(bytes: 6)).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault(draft, "create") }
        do throws(SecretFileError) {
            // The umask may only have taken rights away, but the file must stay readable for its owner.
            guard fchmod(descriptor, 0o600) == 0 else { throw fault(draft, "protect") }
            var written = 0
            while written < content.count {
                let count = content.withUnsafeBytes { writeSome(descriptor, UnsafeRawBufferPointer(rebasing: $0[written...])) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw fault(draft, "write") }
                written += count
            }
            guard fsync(descriptor) == 0 else { throw fault(draft, "sync") }
            guard rename(draft, path) == 0 else { throw fault(path, "replace") }
        } catch {
            _ = close(descriptor)
            _ = unlink(draft)
            throw error
        }
        _ = close(descriptor)
    }

    /// Reads the file, or writes it first when it is missing. Two processes that start together agree on one content.
    public static func openOrCreate(_ path: String, content: () throws -> [UInt8]) throws -> [UInt8] {
        do {
            return try read(path)
        } catch .missing {
            return try locked(folder: parent(of: path)) {
                do throws(SecretFileError) {
                    return try read(path)
                } catch .missing {
                    let fresh = try content()
                    try write(fresh, to: path)
                    return fresh
                }
            }
        }
    }

    /// Runs the body while no other process holds the folder's lock; makes the folder (mode 0700) when it is missing.
    static func locked<Value>(folder: String, _ body: () throws -> Value) throws -> Value {
        try makeFolder(folder)
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault(folder, "open") }
        defer { _ = close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0 else { throw fault(folder, "lock") }
        let value = try body()
        // Makes the new name itself durable.
        guard fsync(descriptor) == 0 else { throw fault(folder, "sync") }
        return value
    }

    private static func makeFolder(_ path: String) throws(SecretFileError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        guard errno == ENOENT, !parent(of: path).isEmpty, parent(of: path) != path else { throw fault(path, "create") }
        try makeFolder(parent(of: path))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw fault(path, "create") }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func fault(_ path: String, _ operation: String) -> SecretFileError {
        .system(path: path, operation: operation, code: errno)
    }
}

// Outside the type, where `read` and `write` mean the system's.
private func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}

private func writeSome(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
    write(descriptor, buffer.baseAddress, buffer.count)
}
