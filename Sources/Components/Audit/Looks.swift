public import Contracts
public import Database
public import Values

extension Audit: LookHistory {
    public func looks(
        at subjectID: String, through operation: String, since: Instant, now: Instant, limit: Int, in connection: any Connection
    ) throws -> [PastLook] {
        try store.looks(at: subjectID, since: since, in: connection).lazy.filter { $0.action == "fetch" && $0.what == "register.\(operation)" }
            .compactMap { record in
                record.bodyID.map { body in
                    PastLook(
                        bodyID: body, agreementID: record.agreementID, fields: record.fields, at: record.at,
                        isShown: record.visibleFrom.map { $0 <= now } ?? false)
                }
            }.prefix(limit).map(\.self)
    }
}
