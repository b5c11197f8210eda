import Contracts
import Database
import Language
import Values
import Web

/// Opens cases for submitted forms, in the transaction that stores the submission.
struct CaseOpening: CaseIntake {
    let delivery: Delivery

    func open(_ submission: Submission, in connection: any Connection) throws -> CaseReceipt {
        // The same submission from a second tab, or again after a lost answer, is the same case.
        if let known = try delivery.store.find(submission: submission.id, subjectID: submission.subjectID, in: connection) {
            return CaseReceipt(caseID: known.id, number: known.number)
        }
        let type = try delivery.types.type(form: submission.formID)
        let today = IsraelTime.date(submission.at)
        let item = Case(
            subjectID: submission.subjectID, id: UUIDv7.next(at: submission.at), number: CaseNumber.make(on: today), typeID: type.id,
            serviceID: submission.serviceID, submissionID: submission.id, parentID: nil, bodyID: submission.bodyID, language: submission.language,
            applicantID: submission.actor.id, stage: type.firstStage, state: type.fee == nil ? .open : .waiting, result: nil, assignedTo: nil,
            openedAt: submission.at, promisedOn: today.adding(workingDays: type.workingDays), closedAt: nil)
        try delivery.store.insert(item, typeVersion: type.version, in: connection)
        try delivery.store.append(.opened, to: item, by: submission.actor, told: true, at: submission.at, in: connection)
        try delivery.near.audit.record(
            AuditEntry(
                subjectID: submission.subjectID, actor: submission.actor, action: .write, what: "case.open", caseID: item.id,
                basis: .request(item.id), fields: ["answers"], at: submission.at), in: connection)
        if let fee = type.fee {
            let card = try delivery.near.cashier.open(delivery.order(fee, for: item), in: connection)
            try delivery.tell(item, "case.payment-needed", values: ["payment": card, "amount": fee.amount.decimal], key: "opened", in: connection)
        } else {
            try delivery.tell(item, "case.received", key: "opened", in: connection)
        }
        return CaseReceipt(caseID: item.id, number: item.number)
    }
}

extension Delivery {
    func order(_ fee: CaseType.Fee, for item: Case) -> PaymentOrder {
        PaymentOrder(
            reference: item.id, product: fee.product, payerID: item.applicantID, bodyID: item.bodyID, amount: fee.amount,
            description: fee.description, returnPath: "/me/cases/\(item.id)")
    }

    /// A message to the person about her case, once per key.
    func tell(_ item: Case, _ template: String, values extra: [String: String] = [:], key: String, in connection: any Connection) throws {
        let type = try types.type(of: item)
        // The message is written in the language she chose for messages, whatever language she filled the form in.
        let language = try near.people.card(of: item.applicantID, in: connection)?.language ?? item.language
        var values: [String: String] = [
            "number": item.number, "service": near.services.service(item.serviceID)?.name.text(in: language) ?? item.number,
            "body": near.bodies.body(item.bodyID)?.name.text(in: language) ?? "",
            "stage": type.stage(item.stage)?.name.text(in: language) ?? "",
            "date": Formats.date(item.promisedOn, in: language),
        ]
        values.merge(extra) { _, new in new }
        try near.postman.send(
            Notice(
                recipientID: item.applicantID, bodyID: item.bodyID, template: template, values: values, caseID: item.id,
                link: "/me/cases/\(item.id)", idempotencyKey: "case:\(item.id):\(key)"), in: connection)
    }
}
