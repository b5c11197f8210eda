import Contracts
import Database
import HTTPTypes
import Language
import Trust
import Values
import Web

/// Anybody checks a paper: by the code on it, or by the file. Said is who issued what kind of paper and when, and nothing of the person.
extension Documents {
    static let fileLimit = 16 * 1024 * 1024

    var verifyRoutes: [Route] {
        [
            .page(.get, "/verify", for: .everyone, "documents.verifyCode", "Check a document by its code", rate: .guarded, verifyCode),
            .page(
                .post, "/verify", for: .everyone, "documents.verifyFile", "Check a document by its file", rate: .guarded,
                bodyLimit: Documents.fileLimit + 64 * 1024, verifyFile),
        ]
    }

    private enum Outcome {
        case asked
        case genuine(OfficialDocument, byFile: Bool)
        case unknownCode
        case unknownFile
        /// A field was left empty or holds something else: which one, and the key of what to say.
        case fault(field: String, key: String)
    }

    private func verifyCode(_ call: Call) async throws -> Reply {
        guard let typed = call.query["code"] else { return try verifyPage(.asked, call) }
        guard call.query.trimmed("code") != nil else { return try verifyPage(.fault(field: "code", key: "empty"), call) }
        guard let code = VerificationCode(typed) else { return try verifyPage(.fault(field: "code", key: "code"), call) }
        let store = store
        let found = try await database.read { try store.find(.code(code), in: $0) }
        return try verifyPage(found.map { .genuine($0, byFile: false) } ?? .unknownCode, call)
    }

    private func verifyFile(_ call: Call) async throws -> Reply {
        guard let file = try call.formWithFiles().files.first(where: { $0.field == "file" }), !file.bytes.isEmpty else {
            return try verifyPage(.fault(field: "file", key: "no-file"), call)
        }
        guard file.bytes.prefix(1_024).firstRange(of: Array("%PDF-".utf8)) != nil else {
            return try verifyPage(.fault(field: "file", key: "not-pdf"), call)
        }
        let (store, hash) = (store, Fingerprint.hex(of: file.bytes))
        guard let document = try await database.read({ try store.find(.hash(hash), in: $0) }) else {
            return try verifyPage(.unknownFile, call)
        }
        do {
            return try verifyPage(try await press.isGenuine(file.bytes) ? .genuine(document, byFile: true) : .unknownFile, call)
        } catch is PressError {
            throw DocumentsError.cannotCheckNow
        }
    }

    private func verifyPage(_ outcome: Outcome, _ call: Call) throws -> Reply {
        var data: [String: Any] = ["typed": String((call.query["code"] ?? "").prefix(64))]
        var (isError, status) = (false, 200)
        switch outcome {
        case .asked: break
        case .genuine(let document, let byFile):
            data["isGenuine"] = true
            data["facts"] = facts(document, call)
            data["compare"] = site.text("documents.verify.genuine.\(byFile ? "file" : "code")", call)
        case .unknownCode: data["unknown"] = site.text("documents.verify.unknown.code", call)
        case .unknownFile: data["unknown"] = site.text("documents.verify.unknown.file", call)
        case .fault(let field, let key):
            let text = site.text("documents.verify.fault.\(key)", call)
            data["errors"] = [["href": "#\(field)", "text": text]]
            data["\(field)Fault"] = text
            (isError, status) = (true, 422)
        }
        return try site.page(
            "documents/verify", Site.Heading(site.text("documents.verify.title", call), isError: isError), data, for: call, status: status)
    }

    private func facts(_ document: OfficialDocument, _ call: Call) -> [[String: Any]] {
        [
            ("kind", site.text("documents.kind.\(document.kind.rawValue)", call)),
            ("body", bodies.body(document.bodyID)?.name.text(in: call.language) ?? site.text("web.name", call)),
            ("date", Formats.date(IsraelTime.date(document.orderedAt), in: call.language)),
        ].map { ["label": site.text("documents.verify.\($0.0)", call), "value": $0.1] }
    }
}
