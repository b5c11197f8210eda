import Contracts
import Database
import Language
import Values
import Web

/// Opens cases for submitted forms, in the transaction that stores the submission. That a form was sent, and for which case, is told to the
/// log by whoever stores it.
struct CaseOpening: CaseIntake {
    let delivery: Delivery

    func open(_ submission: Submission, in connection: any Connection) throws -> CaseReceipt {
        let type = try delivery.types.type(form: submission.formID)
        let today = IsraelTime.date(submission.at)
        let new = Case(
            subjectID: submission.subjectID, id: UUIDv7.next(at: submission.at), number: "", typeID: type.id, typeVersion: type.version,
            serviceID: submission.serviceID, submissionID: submission.id, parentID: nil, bodyID: submission.bodyID, language: submission.language,
            applicantID: submission.actor.id, stage: type.firstStage, state: type.fee == nil ? .open : .waiting, result: nil, assignedTo: nil,
            openedAt: submission.at, promisedOn: delivery.types.calendar.date(type.workingDays, after: today), closedAt: nil)
        let (item, isNew) = try delivery.store.insert(new, in: connection) { delivery.numbering(today) }
        // The same submission from a second tab, or again after a lost answer, is the same case.
        guard isNew else { return CaseReceipt(caseID: item.id, number: item.number) }
        try delivery.store.append(.opened, to: item, by: submission.actor, told: true, at: submission.at, in: connection)
        if let fee = type.fee {
            try delivery.askForFee(fee, of: item, key: "opened", in: connection)
        } else {
            try delivery.tell(item, "case.received", key: "opened", in: connection)
        }
        return CaseReceipt(caseID: item.id, number: item.number)
    }
}

extension Delivery {
    /// Opens the order, if none is open, and tells the person where to pay.
    func askForFee(_ fee: CaseType.Fee, of item: Case, key: String, in connection: any Connection) throws {
        let payment = try near.cashier.open(order(fee, for: item, payerID: payer(of: item, in: connection)), in: connection)
        let values = ["payment": payment, "amount": fee.amount.decimal]
        try tell(item, "case.payment-needed", values: values, link: "/pay/\(payment)", key: key, in: connection)
    }

    /// Whose fee it is: whoever sent the request, for herself or a business; sent by mandate, the person for whom it was sent.
    func payer(of item: Case, in connection: any Connection) throws -> String {
        try isByMandate(item, in: connection) ? item.subjectID : item.applicantID
    }

    /// Whether the fee is the actor's to pay: her own, or that of whom she acts for by a mandate to act.
    func isPayer(_ actor: Actor, of item: Case, in connection: any Connection) throws -> Bool {
        let payer = try payer(of: item, in: connection)
        return actor.mandate.map { $0.mayAct && $0.principalID == payer } ?? (actor.id == payer)
    }

    /// Whether it was sent for another person.
    func isByMandate(_ item: Case, in connection: any Connection) throws -> Bool {
        try item.subjectID != item.applicantID && near.people.card(of: item.subjectID, in: connection) != nil
    }

    /// Who follows a case beside its subject: whoever sent it, by a mandate only while that covers it.
    func followers(of item: Case, in connection: any Connection) throws -> Set<String> {
        guard try isByMandate(item, in: connection) else { return [item.subjectID, item.applicantID] }
        let held = try near.mandates.held(
            by: item.applicantID, for: item.subjectID, on: IsraelTime.date(clock.now()), in: connection)
        return held.contains { $0.mandate.covers(item.serviceID) } ? [item.subjectID, item.applicantID] : [item.subjectID]
    }

    private func order(_ fee: CaseType.Fee, for item: Case, payerID: String) -> PaymentOrder {
        PaymentOrder(
            reference: item.id, product: fee.product, payerID: payerID, bodyID: item.bodyID, amount: fee.amount,
            description: fee.description, returnPath: "/me/cases/\(item.id)", caseID: item.id, serviceID: item.serviceID)
    }

    /// A message about a case, once per key, to whoever sent it. For whom it was sent by mandate gets it too, and alone once the mandate has
    /// ended.
    ///
    /// - Parameters:
    ///   - bodyID: who writes, when it is not the body that decides.
    ///   - link: where to go on, when that is not the page of the case.
    func tell(
        _ item: Case, _ template: String, from bodyID: String? = nil, values extra: [String: String] = [:], link: String? = nil, key: String,
        in connection: any Connection
    ) throws {
        guard try isByMandate(item, in: connection) else {
            return try tell(item.applicantID, item, template, from: bodyID, values: extra, link: link, key: key, in: connection)
        }
        for recipient in try followers(of: item, in: connection).sorted() {
            let isPrincipal = recipient == item.subjectID
            try tell(
                recipient, item, template, from: bodyID, values: extra, link: link, key: isPrincipal ? "\(key):principal" : key, in: connection)
        }
    }

    private func tell(
        _ recipientID: String, _ item: Case, _ template: String, from bodyID: String?, values extra: [String: String], link: String?, key: String,
        in connection: any Connection
    ) throws {
        let type = try types.type(of: item)
        let sender = bodyID ?? item.bodyID
        // The message is written in the language she chose for messages, whatever language the form was filled in.
        let language = try near.people.card(of: recipientID, in: connection)?.language ?? item.language
        var values: [String: String] = [
            "number": item.number, "service": near.services.service(item.serviceID)?.name.text(in: language) ?? item.number,
            "body": near.bodies.body(sender)?.name.text(in: language) ?? "",
            "stage": type.stage(item.stage)?.name.text(in: language) ?? "",
            "date": Formats.date(item.promisedOn, in: language),
        ]
        values.merge(extra) { _, new in new }
        try near.postman.send(
            Notice(
                recipientID: recipientID, bodyID: sender, template: template, values: values, caseID: item.id,
                link: link ?? "/me/cases/\(item.id)", idempotencyKey: "case:\(item.id):\(key)"), in: connection)
    }
}
