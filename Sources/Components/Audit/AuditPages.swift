import Contracts
import Database
import HTTPTypes
import Language
import Transparency
import Values
public import Web

extension Audit {
    public var routes: [Route] {
        [
            .page(.get, "/me/access", for: .person(.substantial), "audit.showAccess", "Who looked at my data", showAccess),
            .api(
                .get, "/me/access/{entry}/proof", for: .person(.substantial), "audit.proof", "Proof that an entry is in the log",
                answers: [.init(200, "Leaf, inclusion proof and signed checkpoint", schema: ["type": "object"])], proof),
        ]
    }

    private static let pageSize = 50
    /// Of looks that are told as numbers, the newest so many are counted.
    private static let countedMax = 10_000

    private func showAccess(_ call: Call) async throws -> Reply {
        let before = call.query["before"].flatMap { UUIDv7.isWellFormed($0) ? $0 : nil }
        let subject = call.actor.subjectID
        let (records, counted, verdicts) = try await database.read { connection in
            (
                try store.history(of: subject, before: before, at: call.time, limit: Audit.pageSize + 1, in: connection),
                before == nil ? try store.counted(of: subject, limit: Audit.countedMax, in: connection) : [],
                try PrivacyStore().verdicts(about: subject, in: connection)
            )
        }
        let shown = records.prefix(Audit.pageSize)
        let words = AuditWords(site: site, bodies: bodies, language: call.language)
        var data: [String: Any] = ["entries": shown.map { words.line($0, reader: call.actor.id, verdict: verdicts[$0.id]) }, "isEmpty": shown.isEmpty]
        let counts = words.counts(counted)
        (data["counts"], data["hasCounts"]) = (counts, !counts.isEmpty)
        if records.count > shown.count, let last = shown.last { data["next"] = "\(call.page("/me/access"))?before=\(last.id)" }
        return try site.page(
            "audit/access", Site.Heading(site.text("audit.access.title", call), back: call.page("/me")), data, for: call)
    }

    /// Everything somebody else's program needs to check that this entry is in the signed log (RFC 9162 section 2.1.3).
    private func proof(_ call: Call) async throws -> Reply {
        let (id, subject, time, store, log) = (try call.id("entry"), call.actor.subjectID, call.time, store, log)
        let answer: JSON? = try await database.read { connection in
            guard let leaf = try store.leaf(id, subjectID: subject, at: time, in: connection) else { return nil }
            return try log.proof(of: LogLeaf(leaf.text), at: leaf.sequence, in: connection)
        }
        guard let answer else { throw Problem.notFound }
        return .json(answer)
    }
}
