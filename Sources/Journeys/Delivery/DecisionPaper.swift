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
        let applicant = try near.people.card(of: item.applicantID, in: connection)?.fullName ?? ""
        func text(_ key: String, _ arguments: [String: String] = [:]) -> String { site.catalogue.text("delivery.paper.\(key)", in: language, arguments) }
        let decided = IsraelTime.date(item.closedAt ?? clock.now())
        let lines: [(String, String)] = [
            (text("applicant"), applicant), (text("number"), item.number), (text("service"), service), (text("body"), body),
            (text("opened"), Formats.date(IsraelTime.date(item.openedAt), in: language)), (text("decided"), Formats.date(decided, in: language)),
        ] + (try answerLines(of: item, type, language, in: connection)) + (try legLines(of: item, language, in: connection))
        var paragraphs = [text("\(result.rawValue).body", ["service": service, "body": body])]
        if !reason.isEmpty { paragraphs.append(text("reason", ["reason": reason])) }
        paragraphs.append(text(result == .refused ? "appeal" : "keep"))
        let title = text("\(result.rawValue).title", ["service": service])
        _ = try near.documents.order(
            DocumentOrder(
                template: template, caseID: item.id, caseNumber: item.number, subjectID: item.subjectID, bodyID: item.bodyID, language: language,
                title: title,
                content: [
                    "lines": .array(lines.map { ["label": .string($0.0), "value": .string($0.1)] }), "paragraphs": .strings(paragraphs),
                ], idempotencyKey: "case:\(item.id):\(result.rawValue)"), in: connection)
    }

    /// What was decided on, from the answers: a licence names the business and the place.
    private func answerLines(of item: Case, _ type: CaseType, _ language: Language, in connection: any Connection) throws -> [(String, String)] {
        guard !type.paperLines.isEmpty, let answers = try near.submissions.answers(of: item.submissionID, in: connection) else { return [] }
        return type.paperLines.compactMap { line in
            let values = line.pointers.compactMap { pointer in
                let value = answers.value(at: pointer)
                return value?.string ?? value?.int.map { "\($0)" }
            }
            guard !values.isEmpty else { return nil }
            return (line.label.text(in: language), (values + [line.unit?.text(in: language)].compactMap(\.self)).joined(separator: " "))
        }
    }

    private func legLines(of item: Case, _ language: Language, in connection: any Connection) throws -> [(String, String)] {
        try store.legs(of: item.id, in: connection).map { leg in
            let name = near.bodies.body(leg.bodyID)?.name.text(in: language) ?? leg.bodyID
            let result = site.catalogue.text("delivery.result.\(leg.result?.rawValue ?? "open")", in: language)
            return (site.catalogue.text("delivery.paper.leg", in: language, ["body": name]), result)
        }
    }
}
