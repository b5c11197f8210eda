public import Contracts
public import Database
public import Values

extension Forms: FormMeter {
    public func forms(from: Instant, before: Instant, in connection: any Connection) throws -> [FormFigures] {
        let sent = try submissions.counts(from: from, before: before, in: connection)
        return library.inForce.map { document in
            let fetched = Set(document.prefill.map(\.pointer)).intersection(document.fields.map(\.pointer)).count
            let bodyID: String? = if case .fixed(let id) = document.body { id } else { nil }
            return FormFigures(
                formID: document.id, bodyID: bodyID, asked: document.fields.count - fetched, fetched: fetched, sent: sent[document.id] ?? [:])
        }
    }
}
