import Contracts
import HTTPTypes
@testable import Spine
import Testing
import Trust
import Values
import Web

@Suite struct SpineFieldTests {
    @Test(arguments: ["", "plain-1.2_3:/", "שלום; עולם=\"x\"", "a\r\nInjected: yes", "%", "😀"])
    func anyTextSurvives(text: String) throws {
        let field = SpineField("law", [(key: "ref", value: text), (key: "other", value: "1")])
        #expect(field.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        let again = try #require(SpineField(field.text))
        #expect(again.token == "law" && again["ref"] == text && again["other"] == "1")
    }

    @Test(arguments: [
        "", ";ref=\"x\"", "law;ref", "law;ref=x", "law;ref=\"", "law;ref=\"%zz\"", "law;ref=\"a b\"", "l w", "law;ref=\"%f\"",
        "law;ref=\"%ff\"",
    ])
    func otherFormsAreRefused(text: String) { #expect(SpineField(text) == nil) }

    @Test func theEnvelopeIsReadAsWritten() throws {
        let officer = Actor(
            kind: .person, id: "0190-x", name: "מיכל", assurance: .substantial,
            capacity: .office(organisation: "municipality-haifa", role: "case-officer"))
        let envelope = SpineEnvelope(
            messageID: UUIDv7.next(), consumerID: "municipality-haifa", purpose: "p", basis: .law("arnona-regulations-1993.2"),
            agreementID: "a.b",
            agreementVersion: 3, caseID: nil, actor: ActorMark(officer))
        var headers = HTTPFields()
        for header in envelope.headers { headers.append(HTTPField(name: HTTPField.Name(header.name)!, value: header.value)) }
        let again = try #require(SpineEnvelope(headers))
        #expect(
            again.messageID == envelope.messageID && again.basis == envelope.basis && again.agreementID == "a.b"
                && again.agreementVersion == 3)
        #expect(again.caseID == nil && again.actor.assurance == .substantial && again.actor.office?.employee == "0190-x")
        // A person stays nameless on the other side.
        let person = Actor(kind: .person, id: "0190-secret", name: "נועה", assurance: .substantial)
        #expect(!ActorMark(person).field.text.contains("secret"))
        headers.append(HTTPField(name: HTTPField.Name("Spine-Client")!, value: "police"))
        #expect(SpineEnvelope(headers) == nil)
    }

    @Test func questionsToTheGatewayAreReadAsWritten() throws {
        for capacity in [Capacity.own, .office(organisation: "b", role: "r"), .representative(of: "680000015")] {
            let actor = Actor(kind: .person, id: "1", name: "נועה", assurance: .substantial, capacity: capacity)
            let request = ExchangeRequest(
                consumerID: "c", operation: "a.b", parameters: ["nationalNumber": "600000012"], subjectID: "s", actor: actor, purpose: "p",
                basis: .consent("7"), caseID: "k")
            let again = try #require(ExchangeWire.request(ExchangeWire.json(request), operation: "a.b"))
            #expect(again.actor == actor && again.parameters == request.parameters && again.basis == request.basis)
            #expect(again.subjectID == "s" && again.caseID == "k" && again.consumerID == "c" && again.purpose == "p")
        }
        #expect(ExchangeWire.request(["consumer": "c"], operation: "a.b") == nil)
        for error in [ExchangeError.notCovered("a"), .unavailable("b"), .untrusted("c")] {
            #expect(ExchangeWire.error(status: ExchangeWire.status(error), ExchangeWire.json(error)) == error)
        }
    }
}
