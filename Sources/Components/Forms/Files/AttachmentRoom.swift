public import Contracts
public import Database
public import Trust
public import Values
public import Web

/// Keeps files people attach: checked, scanned, sealed.
public struct AttachmentRoom: AttachmentStore {
    /// Bytes of one file.
    public static let sizeLimit = 10 * 1_000 * 1_000
    /// Files of one question.
    public static let countLimit = 5

    let database: any Database
    let vault: Vault
    let scanner: VirusScanner?
    let clock: TimeSource

    /// `clamd` is `tcp://host:port` or `unix:/path`; nil when nothing scans. Throws when it is neither.
    public init(database: any Database, vault: Vault, clamd: String?, clock: TimeSource) throws {
        (self.database, self.vault, self.clock) = (database, vault, clock)
        scanner = try clamd.map { text in
            guard let address = ScannerAddress(text) else { throw FormLibraryError(file: "ZAMIN_CLAMD", reason: "tcp://host:port or unix:/path is expected") }
            return VirusScanner(address: address)
        }
    }

    public func accept(_ file: UploadedFile, holderID: String, scope: String, subjectID: String) async throws -> Attachment {
        let prepared = try await prepare(file, holderID: holderID, scope: scope, subjectID: subjectID)
        try await database.write { try store([prepared], in: $0) }
        return prepared.attachment
    }

    public func prepare(_ files: [UploadedFile], holderID: String, scope: String, subjectID: String) async throws -> [PreparedFile] {
        var prepared: [PreparedFile] = []
        for file in files { prepared.append(try await prepare(file, holderID: holderID, scope: scope, subjectID: subjectID)) }
        return prepared
    }

    private func prepare(_ file: UploadedFile, holderID: String, scope: String, subjectID: String) async throws -> PreparedFile {
        guard !file.bytes.isEmpty else { throw FormsError.fileEmpty }
        guard file.bytes.count <= AttachmentRoom.sizeLimit else { throw FormsError.fileTooLarge }
        guard let kind = FileKind(file.bytes) else { throw FormsError.fileType }
        let time = clock.now()
        let attachment = Attachment(
            id: UUIDv7.next(at: time), name: kind.name(from: file.name), type: kind.rawValue, size: file.bytes.count,
            sha256: Hex.encode(Fingerprint.bytes(of: file.bytes)), scan: try await scan(file.bytes))
        let context = AttachmentRoom.context(attachment.id)
        return PreparedFile(
            attachment: attachment, holderID: holderID, scope: scope, subjectID: subjectID,
            sealedName: try vault.seal(text: attachment.name, scope: scope, context: context + ".name"),
            sealedContent: try vault.seal(file.bytes, scope: scope, context: context), at: time)
    }

    public func store(_ files: [PreparedFile], in connection: any Connection) throws {
        for file in files {
            let attachment = file.attachment
            try connection.execute(
                """
                INSERT INTO forms_attachment (subject_id, id, holder_id, scope, name, type, size, sha256, scan, content, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                """,
                [
                    .text(file.subjectID), .text(attachment.id), .text(file.holderID), .text(file.scope), .blob(file.sealedName),
                    .text(attachment.type), .integer(Int64(attachment.size)), .text(attachment.sha256), .text(attachment.scan),
                    .blob(file.sealedContent), .instant(file.at),
                ])
        }
    }

    private func scan(_ bytes: [UInt8]) async throws -> String {
        guard let scanner else { return "not-scanned" }
        switch await scanner.scan(bytes) {
        case .clean: return "clean"
        case .infected: throw FormsError.fileInfected
        case .failed: throw FormsError.scannerUnavailable
        }
    }

    private static let columns = "id, scope, name, type, size, sha256, scan"

    public func list(holderID: String, in connection: any Connection) throws -> [Attachment] {
        try connection.query("SELECT \(AttachmentRoom.columns) FROM forms_attachment WHERE holder_id = $1 ORDER BY id", [.text(holderID)], read)
    }

    /// How the scan of each file of a holder ended, by the file's id.
    static func scans(holderID: String, in connection: any Connection) throws -> [String: String] {
        let rows = try connection.query("SELECT id, scan FROM forms_attachment WHERE holder_id = $1", [.text(holderID)]) { (try $0.text(0), try $0.text(1)) }
        return Dictionary(rows) { first, _ in first }
    }

    public func content(of id: String, holderID: String, in connection: any Connection) throws -> (Attachment, [UInt8])? {
        try connection.first(
            "SELECT \(AttachmentRoom.columns), content FROM forms_attachment WHERE holder_id = $1 AND id = $2", [.text(holderID), .text(id)]
        ) { row in
            (try read(row), try vault.open(try row.blob(7), scope: try row.text(1), context: AttachmentRoom.context(try row.text(0))))
        }
    }

    func remove(_ id: String, holderID: String, in connection: any Connection) throws {
        try connection.execute("DELETE FROM forms_attachment WHERE holder_id = $1 AND id = $2", [.text(holderID), .text(id)])
    }

    func removeAll(holderID: String, in connection: any Connection) throws {
        try connection.execute("DELETE FROM forms_attachment WHERE holder_id = $1", [.text(holderID)])
    }

    /// What a draft holds goes to a body: files that are not kept are dropped, the others sealed with that body's key.
    func handOver(holderID: String, keeping kept: Set<String>, scope: String, in connection: any Connection) throws {
        guard !kept.isEmpty else { return try removeAll(holderID: holderID, in: connection) }
        let files = try connection.query("SELECT id, scope FROM forms_attachment WHERE holder_id = $1", [.text(holderID)]) { row in
            (id: try row.text(0), scope: try row.text(1))
        }
        for file in files {
            if !kept.contains(file.id) { try remove(file.id, holderID: holderID, in: connection) } else if file.scope != scope {
                try reseal(file.id, holderID: holderID, from: file.scope, to: scope, in: connection)
            }
        }
    }

    private func reseal(_ id: String, holderID: String, from old: String, to new: String, in connection: any Connection) throws {
        let sealed = try connection.first(
            "SELECT name, content FROM forms_attachment WHERE holder_id = $1 AND id = $2", [.text(holderID), .text(id)]
        ) { row in (name: try row.blob(0), content: try row.blob(1)) }
        guard let sealed else { return }
        let context = AttachmentRoom.context(id)
        let name = try vault.seal(try vault.open(sealed.name, scope: old, context: context + ".name"), scope: new, context: context + ".name")
        let content = try vault.seal(try vault.open(sealed.content, scope: old, context: context), scope: new, context: context)
        try connection.execute(
            "UPDATE forms_attachment SET scope = $1, name = $2, content = $3 WHERE holder_id = $4 AND id = $5",
            [.text(new), .blob(name), .blob(content), .text(holderID), .text(id)])
    }

    private func read(_ row: any Row) throws -> Attachment {
        let id = try row.text(0)
        return Attachment(
            id: id, name: try vault.openText(try row.blob(2), scope: try row.text(1), context: AttachmentRoom.context(id) + ".name"),
            type: try row.text(3), size: Int(try row.int(4)), sha256: try row.text(5), scan: try row.text(6))
    }

    private static func context(_ id: String) -> String { "forms_attachment.content:\(id)" }
}
