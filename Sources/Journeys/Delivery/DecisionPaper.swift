import Contracts
import Database
import Language
import Values
import Web

extension Delivery {
    /// Orders the signed paper of a decision. Official papers are in Hebrew, the language of the decision, whatever language the person reads
    /// the site in; the message that comes with it is in hers.
    func orderPaper(_ item: Case, _ result: Case.Result, reason: String, in connection: any Connection) throws {
        let type = try types.type(of: item)
        guard let template = type.documents[result.rawValue] else { return }
        let language = Language.he
        let service = near.services.service(item.serviceID)?.name.text(in: language) ?? ""
        let body = near.bodies.body(item.bodyID)?.name.text(in: language) ?? ""
        // Sent by mandate, it is the request of whoever gave the mandate.
        let applicant = try (near.people.card(of: item.subjectID, in: connection) ?? near.people.card(of: item.applicantID, in: connection))?.fullName ?? ""
        let answers = try near.submissions.answers(of: item.submissionID, in: connection) ?? .null
        func text(_ key: String, _ arguments: [String: String] = [:]) -> String { site.catalogue.text("delivery.paper.\(key)", in: language, arguments) }
        let decided = IsraelTime.date(item.closedAt ?? clock.now())
        var lines: [(String, String)] = [
            (text("applicant"), applicant), (text("number"), item.number), (text("service"), service), (text("body"), body),
            (text("opened"), Formats.date(IsraelTime.date(item.openedAt), in: language)), (text("decided"), Formats.date(decided, in: language)),
        ]
        if result == .approved { lines += validity(from: decided, type, answers, language) }
        lines += type.paperLines.compactMap { $0.line(answers, language) } + (try legLines(of: item, language, in: connection))
        var paragraphs = [text("\(result.rawValue).body", ["service": service, "body": body])]
        if !reason.isEmpty { paragraphs.append(text("reason", ["reason": reason])) }
        paragraphs.append(text(result == .refused ? "appeal" : "keep", result == .refused ? ["body": body] : [:]))
        _ = try near.documents.order(
            DocumentOrder(
                template: template, caseID: item.id, caseNumber: item.number, subjectID: item.subjectID, bodyID: item.bodyID, language: language,
                title: text("\(result.rawValue).title", ["service": service]),
                content: [
                    "lines": .array(lines.map { ["label": .string($0.0), "value": .string($0.1)] }), "paragraphs": .strings(paragraphs),
                ], idempotencyKey: "case:\(item.id):\(result.rawValue)"), in: connection)
    }

    /// From when and until when a licence is good, by the licensing order.
    private func validity(from date: CalendarDate, _ type: CaseType, _ answers: JSON, _ language: Language) -> [(String, String)] {
        guard let years = type.legs?.rule(for: answers, in: types.licensing)?.years else { return [] }
        func line(_ key: String, _ date: CalendarDate) -> (String, String) {
            (site.catalogue.text("delivery.paper.\(key)", in: language), Formats.date(date, in: language))
        }
        return [line("valid-from", date), line("valid-to", date.lastDay(ofYears: years))]
    }

    private func legLines(of item: Case, _ language: Language, in connection: any Connection) throws -> [(String, String)] {
        try store.legs(of: item.id, in: connection).map { leg in
            let name = near.bodies.body(leg.bodyID)?.name.text(in: language) ?? leg.bodyID
            let result = site.catalogue.text("delivery.leg.\(leg.result?.rawValue ?? "open")", in: language)
            return (site.catalogue.text("delivery.paper.leg", in: language, ["body": name]), result)
        }
    }
}

extension CaseType.PaperLine {
    /// What was decided on, from the answers: a licence names the business and the place. Nil when nothing was answered.
    func line(_ answers: JSON, _ language: Language) -> (String, String)? {
        func values(_ pointers: [JSONPointer]) -> [String] {
            pointers.compactMap { pointer in
                let value = answers.value(at: pointer)
                return value?.string ?? value?.int.map { "\($0)" }
            }
        }
        let found = values(pointers)
        let shown = found.isEmpty ? values(otherwise) : found
        guard !shown.isEmpty else { return nil }
        return (label.text(in: language), (shown + [unit?.text(in: language)].compactMap(\.self)).joined(separator: " "))
    }
}
