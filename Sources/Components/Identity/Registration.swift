import Language
import Values

/// A registration on its way: what the person has said so far, and what was found.
struct Registration: Sendable, Hashable {
    enum Step: String, Sendable, CaseIterable {
        case number, birth, card, address, contact, password, code
        var path: String { "/register/\(rawValue)" }
    }

    enum Purpose: String, Sendable {
        case register, recover
        /// Somebody who wanted to recover an account that is not there: she registers.
        case registerInstead
    }

    /// Who the registers say she is. With it come the answers that were checked: they can be changed no more.
    struct Proof: Sendable, Hashable {
        let subjectID: String
        let givenName: String
        let familyName: String
        let birthDate: CalendarDate
        /// The other paper of somebody who has no national number: passport and permit are one person's.
        var otherPaper: IdentityNumber?
    }

    let id: String
    var purpose: Purpose
    var number: IdentityNumber?
    var birthDate: CalendarDate?
    var cardIssueDate: CalendarDate?
    var localityCode: Int?
    var proof: Proof?
    var email: String?
    var phone: String?
    var passwordHash: String?
    /// Where the person wanted to go.
    var next: String?

    init(id: String, purpose: Purpose = .register, next: String?) { (self.id, self.purpose, self.next) = (id, purpose, next) }

    /// Another kind of paper has another date of issue.
    mutating func take(_ number: IdentityNumber) {
        if self.number?.kind != number.kind { cardIssueDate = nil }
        self.number = number
    }

    /// The first page that is still to be answered.
    var nextStep: Step {
        if proof == nil {
            if number == nil { return .number }
            if birthDate == nil { return .birth }
            if cardIssueDate == nil { return .card }
            return .address
        }
        if email == nil { return .contact }
        return passwordHash == nil ? .password : .code
    }

    /// Earlier pages may be gone back to, but not behind a proof.
    func mayShow(_ step: Step) -> Bool {
        let order = Step.allCases
        guard let wanted = order.firstIndex(of: step), let reached = order.firstIndex(of: nextStep) else { return false }
        return wanted <= reached && (proof == nil) == (wanted <= 3)
    }

    /// The page before, or nil when it is the first that may be shown.
    func step(before step: Step) -> Step? {
        let order = Step.allCases
        guard let index = order.firstIndex(of: step), index > 0, mayShow(order[index - 1]) else { return nil }
        return order[index - 1]
    }

    /// What must not make up a password.
    var personal: [String] {
        PersonalTexts.of(
            number: number?.value, givenName: proof?.givenName, familyName: proof?.familyName, birthDate: proof?.birthDate ?? birthDate, email: email,
            phone: phone)
    }
}

extension Registration {
    var json: JSON {
        .members([
            "id": .string(id), "purpose": .string(purpose.rawValue), "number": number.map { .string($0.value) },
            "numberKind": number.map { .string($0.kind.rawValue) }, "birthDate": birthDate.map { .string("\($0)") },
            "cardIssueDate": cardIssueDate.map { .string("\($0)") }, "localityCode": localityCode.map { .int(Int64($0)) },
            "proof": proof.map {
                .members([
                    "subject": .string($0.subjectID), "givenName": .string($0.givenName), "familyName": .string($0.familyName),
                    "birthDate": .string("\($0.birthDate)"), "otherPaper": $0.otherPaper.map { .string($0.value) },
                    "otherPaperKind": $0.otherPaper.map { .string($0.kind.rawValue) },
                ])
            },
            "email": email.map(JSON.string), "phone": phone.map(JSON.string), "passwordHash": passwordHash.map(JSON.string),
            "next": next.map(JSON.string),
        ])
    }

    init?(json: JSON) {
        guard let id = json["id"]?.string else { return nil }
        self.init(id: id, purpose: json["purpose"]?.string.flatMap(Purpose.init) ?? .register, next: json["next"]?.string)
        number = json["number"]?.string.flatMap {
            IdentityNumber(kind: json["numberKind"]?.string ?? IdentityNumber.Kind.national.rawValue, value: $0)
        }
        birthDate = json["birthDate"]?.string.flatMap { CalendarDate($0) }
        cardIssueDate = json["cardIssueDate"]?.string.flatMap { CalendarDate($0) }
        localityCode = json["localityCode"]?.int.map { Int($0) }
        (email, phone, passwordHash) = (json["email"]?.string, json["phone"]?.string, json["passwordHash"]?.string)
        if let found = json["proof"], let subject = found["subject"]?.string, let given = found["givenName"]?.string,
            let family = found["familyName"]?.string, let birth = found["birthDate"]?.string.flatMap({ CalendarDate($0) })
        {
            let other = found["otherPaper"]?.string.flatMap { IdentityNumber(kind: found["otherPaperKind"]?.string ?? "", value: $0) }
            proof = Proof(subjectID: subject, givenName: given, familyName: family, birthDate: birth, otherPaper: other)
        }
    }
}
