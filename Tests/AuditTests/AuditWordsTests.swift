@testable import Audit
import Contracts
import Language
import Testing
import Values
import Web

@Suite struct AuditWordsTests {
    private static let business = "680000015"
    private static let first = Actor(kind: .person, id: "first", name: "דנה", capacity: .representative(of: business))

    private func line(
        _ actor: Actor, reader: String, subject: String = business, _ change: (inout AuditEntry) -> Void = { _ in }
    ) throws -> [String: Any] {
        var entry = AuditEntry(
            subjectID: subject, actor: actor, action: .read, what: "case.view", caseID: "case-1", basis: .request("case-1"), at: Instant(seconds: 1))
        change(&entry)
        return AuditWords(site: try AuditLogs.site.get(), bodies: OneBody(), language: .en).line(AuditRecord(entry, id: "id"), reader: reader)
    }

    /// Two people sign for one business, and each sees what the other did in its name.
    @Test func whoSignsForABusinessIsNamed() throws {
        try #expect(line(Self.first, reader: "second")["who"] as? String == "דנה, for the business")
        try #expect(line(Self.first, reader: "first")["who"] as? String == "You")
        // Haifa asked a register because she filled in a form: she is no officer of Haifa.
        let asked: (inout AuditEntry) -> Void = { $0.bodyID = "municipality-haifa" }
        try #expect(line(Self.first, reader: "second", asked)["who"] as? String == "Haifa, at the request of דנה")
        try #expect(line(Self.first, reader: "first", asked)["who"] as? String == "Haifa, at your request")
    }

    @Test func officersAndProgramsAreNamedByTheirBody() throws {
        let officer = Actor(kind: .person, id: "officer", name: "מיכל", capacity: .office(organisation: "municipality-haifa", role: "case-officer"))
        try #expect(line(officer, reader: "second")["who"] as? String == "מיכל, Haifa")
        try #expect(line(.system("messages"), reader: "second")["who"] as? String == "The system, automatically")
        try #expect(line(.system("messages"), reader: "second") { $0.bodyID = "municipality-haifa" }["who"] as? String == "Haifa, automatically")
    }

    /// A request for a business is open to who sent it; a link would lead another who signs for it to nothing.
    @Test func aLinkLeadsSomewhere() throws {
        try #expect(line(Self.first, reader: "second")["caseHref"] == nil)
        try #expect(line(Self.first, reader: "first")["caseHref"] as? String == "/en/me/cases/case-1")
        let officer = Actor(kind: .person, id: "officer", name: "מיכל", capacity: .office(organisation: "municipality-haifa", role: "case-officer"))
        try #expect(line(officer, reader: "first", subject: "first")["caseHref"] as? String == "/en/me/cases/case-1")
    }

    @Test func agreementAndLawAreShown() throws {
        let line = try line(Self.first, reader: "second") { ($0.agreementID, $0.law) = ("agreement-1", "companies-law-1999") }
        #expect(line["agreement"] as? String == "agreement-1")
        #expect(line["why"] as? String == "To handle your own request · By law: Companies Law, 1999")
    }
}
