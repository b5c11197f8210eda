import Contracts
import Values
import Web

/// Asks registers about somebody who is not yet registered, and writes down what each said.
struct Proofing: Sendable {
    static let purpose = "identity-proofing"

    let exchange: any Exchange
    let registrationID: String
    let clock: TimeSource

    struct Found: Sendable, Hashable { let givenName: String; let familyName: String; var otherPaper: IdentityNumber?; let row: EvidenceRow }

    /// Whether a register agrees with these details: one row of the ledger, whatever comes of it.
    func compare(_ source: String, _ details: [String: String]) async -> EvidenceRow {
        let fields = details.keys.sorted()
        do {
            let answer = try await ask("\(source).check", details)
            // Knowing nobody and knowing somebody otherwise are one answer.
            let result: EvidenceRow.Result = answer.value?["matches"]?.bool == true ? .match : .noMatch
            return row(source, answer.ownerID, .comparison, fields, result, answer.agreementID, answer.at)
        } catch {
            return row(source, "", .comparison, fields, .unavailable, "", clock.now())
        }
    }

    /// The two registers of different owners that know residents, asked side by side.
    func residents(_ number: String, birthDate: CalendarDate, cardIssueDate: CalendarDate, localityCode: Int) async -> EvidenceLedger {
        async let population = compare(
            "population", ["nationalNumber": number, "birthDate": "\(birthDate)", "cardIssueDate": "\(cardIssueDate)"])
        async let addresses = compare("addresses", ["nationalNumber": number, "localityCode": "\(localityCode)"])
        return EvidenceLedger(rows: await [population, addresses])
    }

    /// The two that know people with a passport or permit.
    func foreigners(_ paper: IdentityNumber, birthDate: CalendarDate, issueDate: CalendarDate, localityCode: Int) async -> EvidenceLedger {
        let own = ["paper": paper.kind.rawValue, "number": paper.value]
        async let foreigners = compare("foreigners", own.merging(["birthDate": "\(birthDate)", "issueDate": "\(issueDate)"]) { $1 })
        async let insured = compare("foreignInsured", own.merging(["localityCode": "\(localityCode)"]) { $1 })
        return EvidenceLedger(rows: await [foreigners, insured])
    }

    /// What the register calls her, and the row that says what of hers it gave.
    func person(_ number: IdentityNumber) async throws(ExchangeError) -> Found? {
        let isResident = number.kind == .national
        let source = isResident ? "population" : "foreigners"
        let answer = try await ask(
            "\(source).person", isResident ? ["nationalNumber": number.value] : ["paper": number.kind.rawValue, "number": number.value])
        guard let value = answer.value?.object, let given = Proofing.text(value["givenName"]), let family = Proofing.text(value["familyName"])
        else { return nil }
        let seen = row(source, answer.ownerID, .lookup, value.keys.sorted(), .match, answer.agreementID, answer.at)
        return Found(givenName: given, familyName: family, otherPaper: Proofing.otherPaper(number, value), row: seen)
    }

    private func ask(_ operation: String, _ parameters: [String: String]) async throws(ExchangeError) -> ExchangeAnswer {
        try await exchange.ask(
            ExchangeRequest(
                consumerID: Identity.ownerID, operation: operation, parameters: parameters, subjectID: nil, actor: .system("identity"),
                purpose: Proofing.purpose, basis: .request(registrationID)))
    }

    private func row(
        _ source: String, _ owner: String, _ method: EvidenceRow.Method, _ fields: [String], _ result: EvidenceRow.Result, _ agreement: String, _ time: Instant
    ) -> EvidenceRow {
        EvidenceRow(
            id: UUIDv7.next(at: time), source: source, ownerID: owner, method: method, fields: fields, result: result,
            agreementID: agreement, registrationID: registrationID, at: time)
    }

    private static func otherPaper(_ number: IdentityNumber, _ value: [String: JSON]) -> IdentityNumber? {
        switch number.kind {
        case .national: nil
        case .passport: value["permit"]?.string.flatMap(IdentityNumber.permit)
        case .permit: value["passport"]?.string.flatMap(IdentityNumber.read)
        }
    }

    /// A name as plain text, or in Hebrew where a register holds several writings.
    private static func text(_ json: JSON?) -> String? {
        guard let text = json?.string ?? json?["he"]?.string, !text.isEmpty else { return nil }
        return text
    }
}
